/** What keeps the assistant from working, or working well, and what to do about it. */
import type { Problem } from "../api/chat";

export interface ShownProblem {
  title: string;
  /** What to do, where the server doesn't say it. */
  advice: string;
  action: "settings" | "sign-in" | "retry" | null;
}

const KNOWN: Record<string, ShownProblem> = {
  no_workspace: {
    title: "The app isn’t connected to a workspace",
    advice: "Decks can still be made and edited by hand.",
    action: null,
  },
  no_endpoint: {
    title: "No model is set up",
    advice:
      "Ask the administrator of this app to set a serving endpoint, or choose one in Settings.",
    action: "settings",
  },
  no_right: {
    title: "You can’t query the model endpoint",
    advice: "Ask the endpoint’s owner for the permission CAN_QUERY, or choose another endpoint.",
    action: "settings",
  },
  no_user_authorization: {
    title: "Data spaces can’t be asked",
    advice: "Ask the administrator of this app to turn on user authorization.",
    action: "retry",
  },
  genie_down: {
    title: "Data spaces aren’t answering",
    advice: "Decks may have no data. Try again shortly.",
    action: "retry",
  },
  sign_in: {
    title: "Your session has expired",
    advice: "Sign in again. What you typed is kept.",
    action: "sign-in",
  },
  down: {
    title: "The model isn’t answering",
    advice: "What you type is kept. Try again in a moment.",
    action: "retry",
  },
  limit_reached: {
    title: "You have reached your limit for now",
    advice: "Try again later. Your decks can still be edited by hand.",
    action: "retry",
  },
};

/** Other names that the same problem may have. */
const SAME: Record<string, string> = {
  forbidden: "no_right",
  user_authorization: "no_user_authorization",
  busy: "down",
  model_down: "down",
  limit: "limit_reached",
};

const OTHER: ShownProblem = {
  title: "The assistant can’t be used now",
  advice: "Try again in a moment.",
  action: "retry",
};

export function shownProblem({ code }: Problem): ShownProblem {
  return KNOWN[SAME[code] ?? code] ?? OTHER;
}
