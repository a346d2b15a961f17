import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Assistant, ChatOptions } from "../../../api/chat";
import { profiles } from "../../../api/queries";

/** What is chosen for a deck; an empty text is the default. */
export interface ChosenOptions {
  /** Ids; `null`: all that there are; `undefined`: as the profile says. */
  spaces: readonly string[] | null | undefined;
  endpoint: string;
  profile: string;
  prompt: string;
  style: string;
  review: boolean;
}

/** The server asks no more for one deck. */
const MOST_SPACES = 20;
const STORAGE_KEY = "tellr.review-outline";

/** The choices for the next deck. Whether outlines are reviewed is remembered. */
export function useOptions() {
  const [options, setOptions] = useState<ChosenOptions>(() => ({
    spaces: undefined,
    endpoint: "",
    profile: "",
    prompt: "",
    style: "",
    review: stored(),
  }));
  const set = (part: Partial<ChosenOptions>) => {
    setOptions((before) => ({ ...before, ...part }));
    if (part.review === undefined) return;
    try {
      if (part.review) localStorage.setItem(STORAGE_KEY, "on");
      else localStorage.removeItem(STORAGE_KEY);
    } catch {
      // Without storage it lasts as long as the page.
    }
  };
  return { options, set };
}

/** As the server takes them: what is left to it isn't there. */
export function chatOptions(chosen: ChosenOptions, spaces: Spaces): ChatOptions {
  const { endpoint, profile, prompt, style, review } = chosen;
  return {
    // The app's own default would be other ones than the page says.
    ...(spaces.all.length > 0 ? { spaces: [...(spaces.chosen ?? spaces.all)] } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile_id: profile } : {}),
    ...(prompt ? { prompt_id: prompt } : {}),
    ...(style ? { style_id: style } : {}),
    ...(review ? { review_outline: true } : {}),
  };
}

interface Spaces {
  /** Ids; `null`: all. */
  chosen: readonly string[] | null;
  /** The ids of all that can be asked at once. */
  all: readonly string[];
}

/** The spaces that are asked: those chosen here, else those of the profile, else all. */
export function useSpaces(assistant: Assistant | undefined, chosen: ChosenOptions): Spaces {
  const { data } = useQuery(profiles);
  const all = (assistant?.spaces ?? []).map(({ id }) => id).slice(0, MOST_SPACES);
  const profile = data?.find(({ id, is_default }) =>
    chosen.profile ? id === chosen.profile : is_default,
  );
  const ofProfile = profile?.options?.spaces?.filter((id) => all.includes(id));
  const isOpen = chosen.spaces === undefined;
  return { chosen: isOpen ? (ofProfile ?? null) : (chosen.spaces ?? null), all };
}

function stored(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === "on";
  } catch {
    return false;
  }
}
