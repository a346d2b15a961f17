/**
 * The colours of a slide style, extracted from its text.
 *
 * A style is prose for a language model ("Titles in navy #14213d on white …"), not data. For a preview,
 * each hex colour gets the role named nearest before it in its clause, else the one nearest after it.
 * Colours without a role fill missing roles by lightness: lightest is the background, darkest the title,
 * the rest are accents. A wrong guess only affects the preview.
 */
export interface Palette {
  background: string;
  title: string;
  body: string;
  /** At least one. */
  accents: readonly [string, ...string[]];
  serif: boolean;
}

type Role = "background" | "title" | "body" | "accent";

const ROLE_WORDS: readonly (readonly [Role, RegExp])[] = [
  ["background", /\b(?:background|canvas|backdrop|ground|paper)s?\b/gi],
  ["title", /\b(?:title|heading|headline|header)s?\b/gi],
  ["body", /\b(?:body|text|copy|paragraph|bullet)s?\b/gi],
  ["accent", /\b(?:accent|highlight|chart|series|emphasis|data|palette|secondary)s?\b/gi],
];
const HEX_COLOUR = /#(?:[0-9a-f]{6}|[0-9a-f]{3})\b/gi;
const CLAUSE = /[^.;\n]+/g;

/** All colours that a style names, in order, without repetition, as `#rrggbb`. */
export function coloursIn(styleText: string): string[] {
  const found = styleText.match(HEX_COLOUR) ?? [];
  return [...new Set(found.map(sixDigits))];
}

/** `null` if the text names no colour. */
export function paletteOf(styleText: string): Palette | null {
  const colours = coloursIn(styleText);
  if (colours.length === 0) return null;

  const roles = rolesIn(styleText);
  const unassigned = colours.filter((colour) => !roles.has(colour));
  const named = (role: Role) => colours.filter((colour) => roles.get(colour) === role);

  const byLightness = [...colours].sort((a, b) => luminance(a) - luminance(b));
  const lightest = byLightness.at(-1) ?? "#ffffff";
  const background = named("background")[0] ?? (luminance(lightest) > 0.6 ? lightest : "#ffffff");
  const ink = readableOn(background, [...named("title"), ...byLightness]);
  const title = named("title")[0] ?? ink;
  const body = named("body")[0] ?? title;
  const accents = [...named("accent"), ...unassigned].filter(
    (colour) => colour !== background && colour !== title,
  );
  const [first = title, ...rest] = accents;

  return { background, title, body, accents: [first, ...rest], serif: prefersSerif(styleText) };
}

/** The neutral palette for a style that names no colours. */
export const PLAIN: Palette = {
  background: "#ffffff",
  title: "#1f2a25",
  body: "#55615a",
  accents: ["#6b7a72", "#a9b4ad", "#d0d7d2"],
  serif: false,
};

/** Relative luminance as WCAG defines it, 0 (black) to 1 (white). */
export function luminance(hex: string): number {
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function rolesIn(styleText: string): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const [clause] of styleText.matchAll(CLAUSE)) {
    const words = ROLE_WORDS.flatMap(([role, pattern]) =>
      [...clause.matchAll(pattern)].map((match) => ({ role, at: match.index })),
    ).sort((a, b) => a.at - b.at);
    for (const match of clause.matchAll(HEX_COLOUR)) {
      const colour = sixDigits(match[0]);
      const nearest = words.findLast((word) => word.at < match.index) ?? words[0];
      if (nearest && !roles.has(colour)) roles.set(colour, nearest.role);
    }
  }
  return roles;
}

function readableOn(background: string, candidates: readonly string[]): string {
  const contrast = (colour: string) => {
    const [a, b] = [luminance(colour), luminance(background)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const fallback = luminance(background) > 0.4 ? PLAIN.title : "#ffffff";
  return candidates.find((colour) => contrast(colour) >= 4.5) ?? fallback;
}

function prefersSerif(styleText: string): boolean {
  return /(?<!sans[- ])\bserif\b/i.test(styleText);
}

function sixDigits(colour: string): string {
  const hex = colour.toLowerCase();
  return hex.length === 7 ? hex : `#${[...hex.slice(1)].map((digit) => digit + digit).join("")}`;
}
