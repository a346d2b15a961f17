/** A file of one format: written with one click, downloaded by itself, and again as long as it is kept. */
import { type ReactNode, useRef } from "react";
import { Button } from "../components/Button";
import { FORMATS } from "./choices";
import type { RowProps } from "./deck";
import { isActive } from "./exportState";
import { Row } from "./Row";
import { Standing } from "./Standing";
import { exports } from "./useExports";
import { Warnings } from "./Warnings";

export function FileRow({
  choice,
  deck,
  one,
  isFirst = false,
  children,
}: RowProps & { isFirst?: boolean; children?: ReactNode }) {
  const { name, hint, icon } = FORMATS[choice.format];
  const button = useRef<HTMLButtonElement>(null);
  const { session, slides, saved, version } = deck;
  const start = () => void exports().start(session, choice, slides, saved);
  const file = one?.result && "file_id" in one.result ? one.result : null;
  const isCurrent = file !== null && file.version === version;
  const download = () => one && file && void exports().download(one, file);
  const isBusy = one !== undefined && isActive(one);
  const label = labelOf(one, isCurrent);
  return (
    <Row
      icon={icon}
      name={name}
      hint={hint}
      action={
        <Button
          ref={button}
          tone={isFirst ? "primary" : "plain"}
          size="small"
          icon={isCurrent ? "download" : undefined}
          aria-label={`${label} ${name}`}
          aria-disabled={isBusy}
          data-first={isFirst || undefined}
          onClick={isBusy ? undefined : isCurrent ? download : start}
        >
          {label}
        </Button>
      }
    >
      {children}
      {file ? <Warnings lines={file.warnings} /> : null}
      {one ? (
        <Standing
          one={one}
          isCurrent={isCurrent}
          onDownload={download}
          onEnd={() => button.current?.focus()}
        />
      ) : null}
    </Row>
  );
}

function labelOf(one: RowProps["one"], isCurrent: boolean): string {
  if (one && isActive(one)) return "Exporting…";
  if (isCurrent) return "Download again";
  return one?.phase === "failed" ? "Try again" : "Export";
}
