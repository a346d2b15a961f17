/** The editor of one deck: bar, slides, stage, notes, inspector, and what opens over them. */
import { lazy, Suspense, useEffect, useState } from "react";
import { ExportNote } from "../export/ExportNote";
import { Banner } from "./Banner";
import { TopBar } from "./bar/TopBar";
import styles from "./DeckEditor.module.css";
import { HistoryDialog } from "./dialogs/HistoryDialog";
import { KeysHelp } from "./dialogs/KeysHelp";
import { LayoutsDialog } from "./dialogs/LayoutsDialog";
import { Palette } from "./dialogs/Palette";
import { ShareDialog } from "./dialogs/ShareDialog";
import { ThemesDialog } from "./dialogs/ThemesDialog";
import { EditorContext } from "./Editor";
import { Inspector } from "./inspector/Inspector";
import { Notes } from "./Notes";
import { Ribbon } from "./ribbon/Ribbon";
import { Stage } from "./stage/Stage";
import { type Opened, useEditorState } from "./useEditorState";
import { useKeys } from "./useKeys";
import { usePaste } from "./usePaste";
import { usePresence } from "./usePresence";
import { useSaveBeforeLeaving } from "./useSaveBeforeLeaving";

const AssistantPanel = lazy(async () => {
  const { AssistantPanel } = await import("./assistant/AssistantPanel");
  return { default: AssistantPanel };
});
const ExportPanel = lazy(() => import("./dialogs/ExportPanel"));
const SourcesDialog = lazy(async () => {
  const { SourcesDialog } = await import("./dialogs/SourcesDialog");
  return { default: SourcesDialog };
});

/** A screen on which slide, inspector and assistant have room beside each other. */
const ROOM_FOR_BOTH = "(width >= 100rem)";

const DIALOGS = {
  palette: Palette,
  keys: KeysHelp,
  history: HistoryDialog,
  share: ShareDialog,
  export: ExportPanel,
  layouts: LayoutsDialog,
  themes: ThemesDialog,
};

export function DeckEditor({ opened }: { opened: Opened }) {
  const { editor, announcement, sources } = useEditorState(opened);
  const { isAssistantOpen, toggleAssistant } = editor;
  const [isInspectorOpen, setInspectorOpen] = useState(
    () => !window.matchMedia?.("(width < 64rem)").matches,
  );
  // Where there is room for one of them, what was opened last is there.
  useEffect(() => {
    if (isAssistantOpen && !hasRoomForBoth()) setInspectorOpen(false);
  }, [isAssistantOpen]);
  const toggleInspector = () => {
    if (!isInspectorOpen && isAssistantOpen && !hasRoomForBoth()) toggleAssistant(false);
    setInspectorOpen(!isInspectorOpen);
  };
  useKeys(editor);
  useSaveBeforeLeaving(editor.session);
  const others = usePresence(editor);
  usePaste(editor);
  const Opened = editor.panel ? DIALOGS[editor.panel] : null;
  return (
    <EditorContext value={editor}>
      <div className={styles.editor}>
        <div className={styles.bar}>
          <TopBar
            others={others}
            isInspectorOpen={isInspectorOpen}
            onToggleInspector={toggleInspector}
          />
        </div>
        <div className={styles.banner}>
          <div className={styles.note}>
            <ExportNote session={editor.id} onOpen={() => editor.open("export")} />
          </div>
          <Banner />
        </div>
        <div className={styles.ribbon}>
          <Ribbon others={others} />
        </div>
        <main className={styles.stage} aria-label="Slide">
          <Stage />
        </main>
        <div className={styles.notes}>
          <Notes />
        </div>
        <div className={styles.inspector} hidden={!isInspectorOpen}>
          {isInspectorOpen ? <Inspector /> : null}
        </div>
        {isAssistantOpen ? (
          <div className={styles.assistant}>
            <Suspense fallback={null}>
              <AssistantPanel />
            </Suspense>
          </div>
        ) : null}
      </div>
      <p role="status" className="visually-hidden">
        {announcement}
      </p>
      {Opened ? (
        <Suspense fallback={null}>
          <Opened />
        </Suspense>
      ) : null}
      {sources ? (
        <Suspense fallback={null}>
          <SourcesDialog ids={sources} />
        </Suspense>
      ) : null}
    </EditorContext>
  );
}

function hasRoomForBoth(): boolean {
  return window.matchMedia?.(ROOM_FOR_BOTH).matches ?? true;
}
