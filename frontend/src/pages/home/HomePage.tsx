/** The home page: the user, the system status, and the prompts and styles for decks. */
import { DatabaseNotice } from "./DatabaseNotice";
import { Hero } from "./Hero";
import styles from "./HomePage.module.css";
import { PromptLibrary } from "./PromptLibrary";
import { StyleLibrary } from "./StyleLibrary";
import { SystemStatus } from "./SystemStatus";
import { useReadiness } from "./useReadiness";

export function HomePage() {
  const readiness = useReadiness();
  return (
    <div className={styles.page}>
      <DatabaseNotice readiness={readiness} />
      <Hero readiness={readiness} />
      <SystemStatus readiness={readiness} />
      <PromptLibrary />
      <StyleLibrary />
    </div>
  );
}
