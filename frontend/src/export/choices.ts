/** What a deck can be exported as, in words. */
import type { Choice } from "../api/exports";
import type { IconName } from "../components/Icon";

export type Format = Choice["format"];

interface Words {
  /** As a label. */
  name: string;
  hint: string;
  icon: IconName;
}

export const FILE_FORMATS = ["pptx", "pdf", "html", "json"] as const;

export const FORMATS: Record<Format, Words> = {
  pptx: {
    name: "PowerPoint",
    hint: "Text, tables and charts stay editable",
    icon: "screen",
  },
  pdf: { name: "PDF", hint: "For reading and printing", icon: "file" },
  html: { name: "Web page", hint: "One HTML file that works offline", icon: "globe" },
  json: { name: "Tellr deck", hint: "With images, to import into Tellr", icon: "data" },
  "google-slides": {
    name: "Google Slides",
    hint: "An editable presentation in your Google Drive",
    icon: "cloud",
  },
};

/** The same choice has the same key. */
export function keyOf(choice: Choice): string {
  if (choice.format === "pptx") return `pptx ${choice.lines}`;
  if (choice.format === "pdf") return choice.notes ? "pdf notes" : "pdf";
  return choice.format;
}

export function nameOf({ format }: Choice): string {
  return FORMATS[format].name;
}
