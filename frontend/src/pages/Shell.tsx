/** What every page has: the way past the navigation, the header, the one `main`. */
import { Link, Outlet } from "react-router";
import { Account } from "../components/Account";
import { Brand } from "../components/Brand";
import { ThemeSwitch } from "../components/ThemeSwitch";
import styles from "./Shell.module.css";

export function Shell() {
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
        <Outlet />
      </main>
    </>
  );
}
