import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { themes as themesQuery } from "../api/queries";
import type { Theme } from "../deck/theme";
import type { Engine } from "./engine";

/** The themes that the user can choose: those of the app, and those of slide styles as soon as they are loaded. */
export function useThemes(engine: Engine): readonly Theme[] {
  const { data } = useQuery(themesQuery);
  useEffect(() => {
    for (const theme of data ?? []) {
      if (theme.id.startsWith("style-")) engine.addTheme(theme);
    }
  }, [engine, data]);
  return data ?? engine.themes.filter(({ id }) => !id.startsWith("style-"));
}
