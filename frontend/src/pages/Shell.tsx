/**
 * The frame of every page: the skip link, the header, the one `main`.
 *
 * The deploy page may be served alone, without the app: then there is no home page and no account.
 */
import { Link, Outlet, useLocation } from "react-router";
import { Account } from "../components/Account";
import { Brand } from "../components/Brand";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { Icon } from "../components/Icon";
import { ThemeSwitch } from "../components/ThemeSwitch";
import { hasDecks } from "../engine/useEngine";
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
          // Requested from the server: if it serves only this page, it has another start page.
          <a href="/" className={styles.home} aria-label="Tellr, home">
            <Brand />
          </a>
        ) : (
          <Link to="/" className={styles.home} aria-label="Tellr, home">
            <Brand />
          </Link>
        )}
        {alone || !hasDecks ? null : (
          <Link to="/settings" className={styles.settings} aria-label="Settings" title="Settings">
            <Icon name="settings" />
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
