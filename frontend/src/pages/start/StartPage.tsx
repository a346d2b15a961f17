/** The start page: the decks of the user, and the ways to a new one. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useRef, useState } from "react";
import { type SessionSummary, sessions } from "../../api/sessions";
import { Icon } from "../../components/Icon";
import { Skeleton } from "../../components/Skeleton";
import { DatabaseNotice } from "../home/DatabaseNotice";
import { useReadiness } from "../home/useReadiness";
import { DeckCard } from "./DeckCard";
import { NewDeck } from "./NewDeck";
import { PromptBox } from "./prompt/PromptBox";
import { useHasAssistant } from "./prompt/useHasAssistant";
import styles from "./StartPage.module.css";

export function StartPage() {
  const readiness = useReadiness();
  const heading = useRef<HTMLHeadingElement>(null);
  const [search, setSearch] = useState("");
  const asked = useDeferredValue(search.trim());
  const { data, error } = useQuery({ ...sessions(asked), placeholderData: keepPreviousData });
  const hasAssistant = useHasAssistant();
  const Title = hasAssistant ? "h2" : "h1";
  return (
    <div className={styles.page}>
      <DatabaseNotice readiness={readiness} />
      {hasAssistant ? <PromptBox /> : null}
      <NewDeck />
      <section className={styles.page} aria-labelledby="decks">
        <div className={styles.head}>
          <Title ref={heading} id="decks" className={styles.title} tabIndex={-1}>
            Your decks
          </Title>
          <label className={styles.search}>
            <Icon name="search" />
            <span className="visually-hidden">Search decks</span>
            <input
              type="search"
              placeholder="Search titles and slides"
              value={search}
              onChange={({ target }) => setSearch(target.value)}
            />
          </label>
        </div>
        <Decks
          decks={data?.sessions}
          error={error}
          search={asked}
          // The deck's card had the focus; it is gone.
          onDeleted={() => heading.current?.focus()}
        />
      </section>
    </div>
  );
}

function Decks({
  decks,
  error,
  search,
  onDeleted,
}: {
  decks: SessionSummary[] | undefined;
  error: Error | null;
  search: string;
  onDeleted: () => void;
}) {
  if (error && !decks) {
    return <p className={styles.problem}>Your decks can’t be read now: {error.message}</p>;
  }
  if (!decks) return <Skeleton label="Loading your decks" count={3} />;
  if (decks.length === 0) {
    return (
      <p className={styles.empty} role="status">
        {search
          ? `No deck contains “${search}”.`
          : "You have no decks yet. Start with a new one, or look at the sample deck."}
      </p>
    );
  }
  return (
    <ul className={styles.grid}>
      {decks.map((session) => (
        <DeckCard key={session.id} session={session} onDeleted={onDeleted} />
      ))}
    </ul>
  );
}
