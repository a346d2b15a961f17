/** What every page has: the way past the navigation, the header, the one `main`. */
import { Link, Outlet, useLocation } from "react-router";
import { Account } from "../components/Account";
import { Brand } from "../components/Brand";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { ThemeSwitch } from "../components/ThemeSwitch";
import styles from "./Shell.module.css";

export function Shell({
  home,
  account = false,
}: {
  /** Where the mark leads. */
  home: string;
  /** Shows who is signed in to the app. */
  account?: boolean;
}) {
  const { pathname } = useLocation();
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        <Link to={home} className={styles.home} aria-label="Tellr, home">
          <Brand />
        </Link>
        <ThemeSwitch />
        {account ? <Account /> : null}
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Outlet />
        </ErrorBoundary>
      </main>
    </>
  );
}
