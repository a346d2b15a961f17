/** Whether what is drawn of data stands in the database that it is said to come from. */
import { expect, type Page } from "@playwright/test";
import type { Demo } from "./demo.ts";

interface Block {
  type: string;
  columns?: unknown[];
  [field: string]: unknown;
}
interface Source {
  label: string;
}
export interface Chart {
  categories: string[];
  series: { name: string; values: (number | null)[] }[];
  source?: Source;
}
export interface Table {
  columns: { title: string }[];
  rows: (string | number | null)[][];
  source?: Source;
}
export interface StoredDeck {
  language?: string;
  slides: { id: string; blocks: Block[] }[];
}
type Shown = Pick<StoredDeck, "slides">;

const blocksOf = <T>({ slides }: Shown, type: string): T[] => {
  const inside = (blocks: Block[]): Block[] =>
    blocks.flatMap((block) =>
      block.type === "columns"
        ? inside((block.columns as { blocks: Block[] }[]).flatMap((column) => column.blocks))
        : [block],
    );
  return slides.flatMap(({ blocks }) =>
    inside(blocks).filter((block) => block.type === type),
  ) as unknown as T[];
};

export const chartsOf = (deck: Shown): Chart[] => blocksOf(deck, "chart");
export const tablesOf = (deck: Shown): Table[] => blocksOf(deck, "table");

type Cell = string | number | null;

/** Each category of a chart with its values, and each row of a table, is part of a row of the sample database. */
export async function expectCellsOfTheDatabase(deck: StoredDeck, page: Page, demo: Demo) {
  const found = await sourcesOf(page);
  for (const [index, slide] of deck.slides.entries()) {
    for (const { source, rows } of rowsOf({ slides: [slide] })) {
      const about = `slide ${index + 1}, ${source?.label}`;
      const sql = found.find(({ label }) => label === source?.label)?.sql;
      expect(sql, about).toBeTruthy();
      const stored = await demo.rows(sql ?? "");
      expect(rows.length, about).toBeGreaterThan(0);
      const strange = rows.filter((row) => !stored.some((cells) => isPartOf(row, cells)));
      expect(strange, about).toEqual([]);
    }
  }
}

function rowsOf(deck: Shown): { source?: Source; rows: Cell[][] }[] {
  const charts = chartsOf(deck).map(({ categories, series, ...chart }) => ({
    ...chart,
    rows: categories.map((category, at) => [
      category,
      ...series.map(({ values }) => values[at] ?? null),
    ]),
  }));
  return [...charts, ...tablesOf(deck)];
}

function isPartOf(row: Cell[], cells: (string | null)[]): boolean {
  return row.every((one) =>
    cells.some((cell) =>
      typeof one === "number" ? cell !== null && Number(cell) === one : cell === one,
    ),
  );
}

async function sourcesOf(page: Page): Promise<{ label: string; sql: string | null }[]> {
  const { origin, pathname } = new URL(page.url());
  const session = `${origin}${pathname.replace("/decks/", "/api/sessions/")}`;
  const { sources } = await (await page.request.get(`${session}/chat`)).json();
  return Promise.all(
    sources.map(async ({ id }: { id: string }) =>
      (await page.request.get(`${session}/sources/${id}`)).json(),
    ),
  );
}
