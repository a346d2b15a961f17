import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import styles from "./DropZone.module.css";

/** Accepts files dropped anywhere on `children`, with an indication during dragging. */
export function DropZone({
  label,
  onFile,
  children,
}: {
  label: string;
  onFile: (file: File) => void;
  children: ReactNode;
}) {
  const [above, setAbove] = useState(false);
  // Each child element fires its own enter and leave events.
  const depth = useRef(0);
  const move = (event: DragEvent, by: number) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    depth.current = by === 0 ? 0 : depth.current + by;
    setAbove(depth.current > 0);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same files can be chosen with buttons
    <div
      className={styles.zone}
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        move(event, 0);
        const [file] = event.dataTransfer.files;
        if (file) onFile(file);
      }}
    >
      {children}
      {above ? (
        <div className={styles.above} aria-hidden="true">
          <p className={styles.label}>
            <Icon name="file" />
            {label}
          </p>
        </div>
      ) : null}
    </div>
  );
}
