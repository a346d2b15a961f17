/** Google Slides in the settings: the person's account, and for administrators the workspace's OAuth client. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { ApiError } from "../../api/client";
import { google } from "../../api/google";
import { Skeleton } from "../../components/Skeleton";
import { GoogleAccount } from "./GoogleAccount";
import { GoogleClient } from "./GoogleClient";
import styles from "./GoogleSection.module.css";

export default function GoogleSection() {
  const { data, error } = useQuery(google);
  const heading = useRef<HTMLHeadingElement>(null);
  // It is loaded after the page: the browser has looked for it before.
  useEffect(() => {
    if (window.location.hash !== "#google-title") return;
    heading.current?.scrollIntoView?.();
    heading.current?.focus({ preventScroll: true });
  }, []);
  if (error instanceof ApiError && error.status === 404 && !data) return null;
  return (
    <section className={styles.section} aria-labelledby="google-title">
      <header className={styles.head}>
        <h2 ref={heading} id="google-title" className={styles.title} tabIndex={-1}>
          Google Slides
        </h2>
        <p className={styles.lead}>Send decks to Google Drive as editable presentations.</p>
      </header>
      {data ? (
        <div className={styles.cards}>
          <GoogleAccount given={data} />
          {data.can_configure ? <GoogleClient given={data} /> : null}
        </div>
      ) : null}
      {error && !data ? (
        <p className={styles.problem}>It can’t be read now: {error.message}</p>
      ) : null}
      {data || error ? null : <Skeleton label="Loading the connection to Google" count={1} />}
    </section>
  );
}
