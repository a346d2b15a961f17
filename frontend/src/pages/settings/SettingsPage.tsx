/** The settings: the profiles, prompts and styles for decks, and the system's status. */
import { DatabaseNotice } from "../home/DatabaseNotice";
import { ProfileLibrary } from "../home/ProfileLibrary";
import { PromptLibrary } from "../home/PromptLibrary";
import { StyleLibrary } from "../home/StyleLibrary";
import { SystemStatus } from "../home/SystemStatus";
import { useReadiness } from "../home/useReadiness";
import { useHasAssistant } from "../start/prompt/useHasAssistant";
import { AssistantSection } from "./AssistantSection";
import styles from "./SettingsPage.module.css";

const SECTIONS = [
  ["profiles-title", "Profiles"],
  ["assistant-title", "Assistant"],
  ["prompts-title", "Deck prompts"],
  ["styles-title", "Slide styles"],
  ["system-title", "System"],
] as const;

export function SettingsPage() {
  const readiness = useReadiness();
  const hasAssistant = useHasAssistant();
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>Settings</h1>
      <nav className={styles.nav} aria-label="Settings">
        {SECTIONS.filter(([id]) => hasAssistant || id !== "assistant-title").map(([id, name]) => (
          <a key={id} className={styles.link} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <div className={styles.sections}>
        <DatabaseNotice readiness={readiness} />
        <ProfileLibrary />
        <AssistantSection />
        <PromptLibrary />
        <StyleLibrary />
        <SystemStatus readiness={readiness} heading="shown" />
      </div>
    </div>
  );
}
