import { Link } from "react-router";
import styles from "./NotFoundPage.module.css";

export function NotFoundPage() {
  return (
    <div className={styles.page}>
      <h1>Page not found</h1>
      <p>The address may be mistyped, or the page has moved.</p>
      <p>
        <Link to="/">Back to the home page</Link>
      </p>
    </div>
  );
}
