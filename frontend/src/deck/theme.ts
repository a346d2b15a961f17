/** How a deck looks: the types of `tellr_slides::theme`. Colours are written as in `#1F5FD6`. */

export interface Theme {
  id: string;
  name: string;
  colors: Colors;
  cover: Panel;
  section: Panel;
  fonts: { heading: Family; body: Family };
}

export interface Colors {
  background: string;
  surface: string;
  text: string;
  muted: string;
  accent: string;
  on_accent: string;
  line: string;
  positive: string;
  negative: string;
  warning: string;
  chart: string[];
}

export interface Panel {
  background: string;
  text: string;
  muted: string;
}

export type Family = "carlito" | "arimo" | "gelasio" | "caladea" | "tinos";
