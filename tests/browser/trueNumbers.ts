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

/** Every value of every chart and table is a cell of the row that its category names, in the sample database. */
export async function expectCellsOfTheDatabase(deck: StoredDeck, page: Page, demo: Demo) {
  const found = await sourcesOf(page);
  for (const [index, slide] of deck.slides.entries()) {
    const shown = [
      ...chartsOf({ slides: [slide] }).map(({ source, categories, series }) => ({
        label: source?.label,
        rows: categories.map((category, at) => ({
          name: category,
          values: series.map(({ values }) => values[at] ?? null),
        })),
      })),
      ...tablesOf({ slides: [slide] }).map(({ source, rows }) => ({
        label: source?.label,
        rows: rows.map(([name, ...values]) => ({
          name: String(name),
          values: values.filter((value) => typeof value !== "string"),
        })),
      })),
    ];
    for (const { label, rows } of shown) {
      const about = `slide ${index + 1}, ${label}`;
      const source = found.find((one) => one.label === label);
      expect(source?.sql, about).toBeTruthy();
      const cells = await demo.rows(source?.sql ?? "");
      expect(rows.length, about).toBeGreaterThan(0);
      for (const { name, values } of rows) {
        const row = cells.find((row) => row.includes(name));
        expect(row, `${about}: a row of ${name}`).toBeDefined();
        const numbers = row?.map((cell) => (cell === null ? null : Number(cell)));
        for (const value of values) expect(numbers, `${about}, ${name}`).toContain(value);
      }
    }
  }
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
