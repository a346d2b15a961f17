/** Which numbers of a slide come from data: a block's source has the label of a stored source. Pure. */
import type { SourceSummary } from "../api/chat";
import { allBlocks } from "../deck/find";
import type { Block, Slide } from "../deck/model";

export function sourceOf(
  label: string | undefined,
  sources: readonly SourceSummary[],
): SourceSummary | undefined {
  // The newest, if a question was asked again.
  return label === undefined ? undefined : sources.findLast((source) => source.label === label);
}

/** The stored sources behind a slide, in the order of its blocks. */
export function sourcesOf(slide: Slide, sources: readonly SourceSummary[]): SourceSummary[] {
  const labels = [
    ...allBlocks(slide).map(labelOf),
    ...(slide.sources ?? []).map((one) => one.label),
  ];
  return [...new Set(labels)].flatMap((label) => sourceOf(label, sources) ?? []);
}

/** How many blocks with numbers have no stored source. */
export function unsourced(slide: Slide, sources: readonly SourceSummary[]): number {
  return allBlocks(slide).filter((block) => hasNumbers(block) && !sourceOf(labelOf(block), sources))
    .length;
}

export function labelOf(block: Block): string | undefined {
  return "source" in block ? block.source?.label : undefined;
}

export function hasNumbers(block: Block): boolean {
  if (block.type === "chart" || block.type === "metric") return true;
  return (
    block.type === "table" && block.rows.some((row) => row.some((cell) => typeof cell === "number"))
  );
}
