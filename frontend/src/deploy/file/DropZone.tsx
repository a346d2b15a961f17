import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { Icon } from "../../components/Icon";
import styles from "./DropZone.module.css";

/** Takes files that are dropped anywhere on `children`, and says so while one is held above. */
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
  // Each element inside tells of its own when it is entered and left.
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
