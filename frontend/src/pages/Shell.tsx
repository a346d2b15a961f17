/**
 * What every page has: the way past the navigation, the header, the one `main`.
 *
 * The deploy page may be served alone, without the app it is part of: no home page, nobody's account.
 */
import { Link, Outlet, useLocation } from "react-router";
import { Account } from "../components/Account";
import { Brand } from "../components/Brand";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { ThemeSwitch } from "../components/ThemeSwitch";
import styles from "./Shell.module.css";

export function Shell({ alone = false }: { alone?: boolean }) {
  const { pathname } = useLocation();
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        {alone ? (
          // Asked of the server: where it serves this page alone, it has no other start.
          <a href="/" className={styles.home} aria-label="Tellr, home">
            <Brand />
          </a>
        ) : (
          <Link to="/" className={styles.home} aria-label="Tellr, home">
            <Brand />
          </Link>
        )}
        <ThemeSwitch />
        {alone ? null : <Account />}
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Outlet />
        </ErrorBoundary>
      </main>
    </>
  );
}
