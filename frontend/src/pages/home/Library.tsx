/** A section of cards from the database, with its loading, empty and error states, and what opens over it. */
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Item, Kind } from "../../api/library";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/Skeleton";
import { DeleteItem } from "./DeleteItem";
import type { FormProps } from "./ItemForm";
import { type Asked, canShare, NOUNS, useSetDefault } from "./items";
import styles from "./Library.module.css";

interface LibraryProps<T> {
  kind: Kind;
  id: string;
  title: string;
  lead: string;
  /** The name of the items, in plural and lower case. */
  noun: string;
  /** `wide` for cards with a picture. */
  cards?: "regular" | "wide";
  query: UseQueryResult<T[]>;
  /** The form of an item; `from` is what it starts with. */
  form: (props: FormProps & { from: T | undefined }) => ReactNode;
  /** Beside the button for a new item. */
  beside?: (has: { canShare: boolean; say: (what: string) => void }) => ReactNode;
  children: (item: T, does: Does<T>) => ReactNode;
}

/** What a card's menu does. */
export interface Does<T> {
  ask: (asked: Asked<T>) => void;
  makeDefault: (everyone: boolean) => void;
}

export function Library<T extends Item>({
  kind,
  id,
  title,
  lead,
  noun,
  cards = "regular",
  query,
  form,
  beside,
  children,
}: LibraryProps<T>) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [asked, ask] = useState<Asked<T> | null>(null);
  const [said, say] = useState("");
  const { makeDefault, error } = useSetDefault(kind);
  const from = asked && "item" in asked ? asked.item : undefined;
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 ref={heading} id={id} className={styles.title} tabIndex={-1}>
          {title}
          {query.data ? <span className={styles.count}>{query.data.length}</span> : null}
        </h2>
        <p className={styles.lead}>
          {lead}
          {query.data?.some((item) => !item.can_edit)
            ? " Shared ones are read-only; duplicate one to change it."
            : ""}
        </p>
        {query.data ? (
          <div className={styles.new}>
            <Button size="small" icon="plus" onClick={() => ask({ what: "create" })}>
              New {NOUNS[kind]}
            </Button>
            {beside?.({ canShare: canShare(query.data), say })}
          </div>
        ) : null}
      </header>
      {error ? (
        <p role="alert" className={styles.problem}>
          The default wasn’t set: {error.message}
        </p>
      ) : null}
      <Content
        noun={noun}
        cards={cards}
        query={query}
        render={(item) =>
          children(item, {
            ask,
            makeDefault: (everyone) =>
              makeDefault({ item, everyone }, { onSuccess: () => say("Default set") }),
          })
        }
      />
      <p role="status" className="visually-hidden">
        {said}
      </p>
      {asked && asked.what !== "delete"
        ? form({
            item: asked.what === "edit" ? asked.item : undefined,
            from,
            canShare: canShare(query.data ?? []),
            onClose: (what) => {
              ask(null);
              if (what) say(what);
            },
          })
        : null}
      {asked?.what === "delete" ? (
        <DeleteItem
          kind={kind}
          item={asked.item}
          onClose={() => ask(null)}
          onDeleted={() => {
            // At once: nothing outside takes the focus while the dialog is open.
            flushSync(() => {
              ask(null);
              say(`${NOUNS[kind]} deleted`);
            });
            // The card had the focus; it is gone.
            heading.current?.focus();
          }}
        />
      ) : null}
    </section>
  );
}

function Content<T>({
  noun,
  cards,
  query: { data, error },
  render,
}: Required<Pick<LibraryProps<T>, "noun" | "cards" | "query">> & {
  render: (item: T) => ReactNode;
}) {
  if (data && data.length > 0) return <ul className={styles[cards]}>{data.map(render)}</ul>;
  if (data) {
    return (
      <p className={styles.empty}>
        There are no {noun} yet. Create one, or run <code>tellr-app init-database</code> to add the
        initial content.
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
