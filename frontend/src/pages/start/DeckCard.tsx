import { lazy, Suspense, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { SessionSummary } from "../../api/sessions";
import { IconButton } from "../../components/IconButton";
import { Menu } from "../../components/Menu";
import { ExportNote } from "../../export/ExportNote";
import { Thumbnail } from "../../slides/Thumbnail";
import { ago } from "./ago";
import styles from "./DeckCard.module.css";
import { DeleteDialog } from "./DeleteDialog";
import { RenameDialog } from "./RenameDialog";
import { useDuplicate } from "./useDuplicate";

const ExportDialog = lazy(() => import("../../export/ExportDialog"));

export function DeckCard({
  session,
  onDeleted,
}: {
  session: SessionSummary;
  onDeleted: () => void;
}) {
  const [asked, setAsked] = useState<"rename" | "delete" | "export" | null>(null);
  const duplicate = useDuplicate();
  const navigate = useNavigate();
  const close = () => setAsked(null);
  const isOwner = session.role === "owner";
  const title = session.title || "Untitled deck";
  return (
    <li className={styles.card}>
      <div className={styles.picture}>
        <Thumbnail slide={session.cover} theme={session.theme} />
      </div>
      <div className={styles.foot}>
        <div className={styles.words}>
          <h3 className={styles.title}>
            <Link to={`/decks/${session.id}`} className={styles.link}>
              {title}
            </Link>
          </h3>
          <p className={styles.meta}>{metaOf(session)}</p>
        </div>
        <div className={styles.menu}>
          <Menu
            align="end"
            trigger={
              <IconButton icon="more" label={`Actions for ${title}`} data-exports={session.id} />
            }
            entries={[
              {
                label: "Present",
                icon: "play",
                onSelect: () => void navigate(`/decks/${session.id}/present`),
              },
              {
                label: "Rename",
                icon: "text",
                disabled: session.role === "viewer",
                onSelect: () => setAsked("rename"),
              },
              { label: "Duplicate", icon: "copy", onSelect: () => duplicate(session.id) },
              {
                label: "Export",
                icon: "download",
                onSelect: () => setAsked("export"),
              },
              "separator",
              {
                label: "Delete",
                icon: "bin",
                tone: "danger",
                disabled: !isOwner,
                onSelect: () => setAsked("delete"),
              },
            ]}
          />
        </div>
      </div>
      {asked === "export" ? (
        <Suspense fallback={null}>
          <ExportDialog deck={exportedOf(session)} onClose={close} />
        </Suspense>
      ) : null}
      <div className={styles.note}>
        <ExportNote session={session.id} onOpen={() => setAsked("export")} />
      </div>
      {asked === "rename" ? <RenameDialog session={session} onClose={close} /> : null}
      {asked === "delete" ? (
        <DeleteDialog session={session} onClose={close} onDeleted={onDeleted} />
      ) : null}
    </li>
  );
}

function exportedOf({ id, slide_count, version }: SessionSummary) {
  // Nothing is edited here.
  return { session: id, slides: slide_count, version, saved: async () => null };
}

function metaOf({ role, owner, slide_count, updated_at, shared }: SessionSummary): string {
  const slides = slide_count === 1 ? "1 slide" : `${slide_count} slides`;
  const who = role === "owner" ? (shared ? "Shared" : null) : owner.name;
  // With a name before it there is no room for the word.
  const when = who ? ago(updated_at) : `edited ${ago(updated_at)}`;
  return [who, slides, when].filter(Boolean).join(" · ");
}
