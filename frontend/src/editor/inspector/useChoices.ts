import { useMemo } from "react";
import { LAYOUT_NAMES } from "../../deck/layouts";
import { LAYOUTS, type Slide } from "../../deck/model";
import { useThemes } from "../../engine/useThemes";
import { useEditor } from "../Editor";
import type { Choice } from "./Choices";

/** The slide in each layout. */
export function useLayoutChoices(slide: Slide | undefined): Choice[] {
  const { theme } = useEditor().snapshot.deck;
  return useMemo(
    () =>
      slide
        ? LAYOUTS.map((layout) => ({
            id: layout,
            name: LAYOUT_NAMES[layout],
            slide: { ...slide, layout },
            theme,
          }))
        : [],
    [slide, theme],
  );
}

/** The slide in each theme. */
export function useThemeChoices(slide: Slide | undefined): Choice[] {
  const themes = useThemes(useEditor().engine);
  return useMemo(
    () =>
      slide ? themes.map(({ id, name }) => ({ id, name, slide: { ...slide }, theme: id })) : [],
    [slide, themes],
  );
}
