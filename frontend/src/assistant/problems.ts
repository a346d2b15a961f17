/** What keeps the assistant from working, and what to do about it. */
import type { Problem } from "../api/chat";

export interface ShownProblem {
  title: string;
  /** What to do. */
  advice: string;
  /** Whether a message can be sent nevertheless: the job waits until it is over. */
  canSend: boolean;
  action: "settings" | "sign-in" | "retry" | null;
}

const KNOWN: Record<string, ShownProblem> = {
  no_endpoint: {
    title: "No model is set up",
    advice:
      "Ask the administrator of this app to add a serving endpoint, or choose one in Settings.",
    canSend: false,
    action: "settings",
  },
  no_right: {
    title: "You can’t query the model endpoint",
    advice: "Ask the endpoint’s owner for the permission CAN_QUERY, or choose another endpoint.",
    canSend: false,
    action: "settings",
  },
  user_authorization: {
    title: "The app can’t act on your behalf",
    advice:
      "Ask a workspace administrator to turn on user authorization for this app, then open it again.",
    canSend: false,
    action: "retry",
  },
  sign_in: {
    title: "Your session has expired",
    advice: "Sign in again. What you typed is kept.",
    canSend: false,
    action: "sign-in",
  },
  down: {
    title: "The model isn’t answering",
    advice: "You can send your message now; it is answered as soon as the model is back.",
    canSend: true,
    action: "retry",
  },
  limit: {
    title: "You have reached your limit for now",
    advice: "Try again later. Your decks can still be edited by hand.",
    canSend: false,
    action: "retry",
  },
};

/** Other names that the same problem may have. */
const SAME: Record<string, string> = {
  endpoint_missing: "no_endpoint",
  forbidden: "no_right",
  permission_denied: "no_right",
  no_user_authorization: "user_authorization",
  model_down: "down",
  busy: "down",
  limit_reached: "limit",
  too_many_requests: "limit",
};

const OTHER: ShownProblem = {
  title: "The assistant can’t be used now",
  advice: "Try again in a moment.",
  canSend: false,
  action: "retry",
};

export function shownProblem({ code }: Problem): ShownProblem {
  return KNOWN[SAME[code] ?? code] ?? OTHER;
}
