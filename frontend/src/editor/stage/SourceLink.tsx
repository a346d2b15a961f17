import { sourcesOf } from "../../assistant/sourced";
import { useConversation } from "../../assistant/useConversation";
import type { Slide } from "../../deck/model";
import type { DisplayList, Rect } from "../../slides/display";
import { useEditor } from "../Editor";
import styles from "./Stage.module.css";

/** Below it is a slide's footer, which belongs to no block. */
const FOOTER_TOP = 640;

/** Over the footer of a slide with numbers from data: opens their tables. */
export function SourceLink({ list, slide }: { list: DisplayList; slide: Slide }) {
  const { conversation, showSources } = useEditor();
  const sources = useConversation(conversation, (state) => state.sources);
  const found = sourcesOf(slide, sources);
  const footer = footerOf(list);
  if (found.length === 0 || !footer) return null;
  const show = () => showSources(found.map(({ id }) => id));
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <rect
      role="button"
      tabIndex={0}
      className={styles.source}
      data-source
      aria-label={`Show the data: ${found.map(({ label }) => label).join("; ")}`}
      x={footer.x - 8}
      y={footer.y - 6}
      width={footer.width + 16}
      height={footer.height + 12}
      rx={4}
      onClick={(event) => {
        event.stopPropagation();
        show();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        show();
      }}
    />
  );
}

/** Where the sources are written: the footer's text on the left. */
function footerOf(list: DisplayList): Rect | undefined {
  const texts = list.elements.flatMap((element) =>
    element.type === "text" && !element.of && element.bounds.y >= FOOTER_TOP ? [element] : [],
  );
  const text = texts.find(({ bounds, lines }) => bounds.x < list.width / 4 && lines.length > 0);
  if (!text) return undefined;
  return { ...text.bounds, width: Math.max(...text.lines.map(({ width }) => width)) };
}
