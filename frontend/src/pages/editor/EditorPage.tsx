import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { session } from "../../api/sessions";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import { DeckEditor } from "../../editor/DeckEditor";
import { useEngine } from "../../engine/useEngine";
import { Opening } from "../Opening";
import styles from "./EditorPage.module.css";

export function EditorPage() {
  const { id = "" } = useParams();
  return (
    <ErrorBoundary key={id}>
      <Loaded id={id} />
    </ErrorBoundary>
  );
}

function Loaded({ id }: { id: string }) {
  const engine = useEngine();
  // Never with a deck from before: it may have been changed since, as before a presentation.
  const { data, error, isFetchedAfterMount } = useQuery({
    ...session(id),
    refetchOnMount: "always",
  });
  if (data && isFetchedAfterMount) return <DeckEditor opened={{ session: data, engine }} />;
  if (error) return <NotOpened message={error.message} />;
  return <Opening />;
}

export function NotOpened({ message }: { message: string }) {
  return (
    <main className={styles.state}>
      <h1>The deck can’t be opened</h1>
      <p>{message}</p>
      <p>
        <Link to="/">All decks</Link>
      </p>
    </main>
  );
}
