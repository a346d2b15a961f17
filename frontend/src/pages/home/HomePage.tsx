/** The home page: the user, the system status, and the profiles, prompts and styles for decks. */
import { DatabaseNotice } from "./DatabaseNotice";
import { Hero } from "./Hero";
import styles from "./HomePage.module.css";
import { ProfileLibrary } from "./ProfileLibrary";
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
      <ProfileLibrary />
      <PromptLibrary />
      <StyleLibrary />
    </div>
  );
}
