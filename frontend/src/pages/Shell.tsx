/** What every page has: the way past the navigation, the header, the one `main`. */
import { Link, Outlet, useLocation } from "react-router";
import { Account } from "../components/Account";
import { Brand } from "../components/Brand";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { ThemeSwitch } from "../components/ThemeSwitch";
import styles from "./Shell.module.css";

export function Shell() {
  const { pathname } = useLocation();
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.home} aria-label="Tellr, home">
          <Brand />
        </Link>
        <ThemeSwitch />
        <Account />
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Outlet />
        </ErrorBoundary>
      </main>
    </>
  );
}
