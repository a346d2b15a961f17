/** The settings: the profiles, prompts and styles for decks, Google Slides, and the system's status. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { ApiError } from "../../api/client";
import { google } from "../../api/google";
import { DatabaseNotice } from "../home/DatabaseNotice";
import { ProfileLibrary } from "../home/ProfileLibrary";
import { PromptLibrary } from "../home/PromptLibrary";
import { StyleLibrary } from "../home/StyleLibrary";
import { SystemStatus } from "../home/SystemStatus";
import { useReadiness } from "../home/useReadiness";
import { useHasAssistant } from "../start/prompt/useHasAssistant";
import { AssistantSection } from "./AssistantSection";
import styles from "./SettingsPage.module.css";

const GoogleSection = lazy(() => import("./GoogleSection"));

const SECTIONS = [
  ["profiles-title", "Profiles"],
  ["assistant-title", "Assistant"],
  ["prompts-title", "Deck prompts"],
  ["styles-title", "Slide styles"],
  ["google-title", "Google Slides"],
  ["system-title", "System"],
] as const;

export function SettingsPage() {
  const readiness = useReadiness();
  const hasAssistant = useHasAssistant();
  const hasGoogle = useHasGoogle();
  const isThere = (id: string) =>
    (hasAssistant || id !== "assistant-title") && (hasGoogle || id !== "google-title");
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>Settings</h1>
      <nav className={styles.nav} aria-label="Settings">
        {SECTIONS.filter(([id]) => isThere(id)).map(([id, name]) => (
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
        <Suspense fallback={null}>
          <GoogleSection />
        </Suspense>
        <SystemStatus readiness={readiness} heading="shown" />
      </div>
    </div>
  );
}

/** Whether the server knows of Google Slides, as far as is known. */
function useHasGoogle(): boolean {
  const { data, error } = useQuery(google);
  return data !== undefined || !(error instanceof ApiError && error.status === 404);
}
