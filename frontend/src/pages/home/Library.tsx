/** A section of cards from the database, with its loading, empty and error states. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Library.module.css";

interface LibraryProps<T> {
  id: string;
  title: string;
  lead: string;
  /** The name of the items, in plural and lower case. */
  noun: string;
  /** `wide` for cards with a picture. */
  cards?: "regular" | "wide";
  query: UseQueryResult<T[]>;
  children: (item: T) => ReactNode;
}

export function Library<T>({
  id,
  title,
  lead,
  noun,
  cards = "regular",
  query,
  children,
}: LibraryProps<T>) {
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {title}
          {query.data ? <span className={styles.count}>{query.data.length}</span> : null}
        </h2>
        <p className={styles.lead}>{lead}</p>
      </header>
      <Content noun={noun} cards={cards} query={query} render={children} />
    </section>
  );
}

function Content<T>({
  noun,
  cards,
  query: { data, error },
  render,
}: Required<Pick<LibraryProps<T>, "noun" | "cards" | "query">> & {
  render: LibraryProps<T>["children"];
}) {
  if (data && data.length > 0) return <ul className={styles[cards]}>{data.map(render)}</ul>;
  if (data) {
    return (
      <p className={styles.empty}>
        There are no {noun} yet. Run <code>tellr-app init-database</code> to add the initial
        content.
      </p>
    );
  }
  if (error) {
    return (
      <p className={styles.empty}>
        The {noun} can’t be read now: {error.message} They appear here as soon as the database is
        available again.
      </p>
    );
  }
  return <Skeleton label={`Loading the ${noun}`} count={2} />;
}
