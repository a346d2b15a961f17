/** Answers of an invented server, for working on the page and for tests of its states. */
import type { CurrentUser, Profile, Prompt, Readiness, Style, Version } from "../src/api/schema";

export const user: CurrentUser = {
  user_name: "ada@example.com",
  email: "ada@example.com",
  display_name: "Ada Example",
  source: "platform",
};

export const version: Version = { name: "tellr-app", version: "0.1.0", commit: "3f2a91c07d55" };

export const ready: Readiness = {
  ready: true,
  database: {
    state: "ok",
    kind: "autoscaling",
    server_version: "17.4",
    schema: "app_data",
    migration: 3,
    latency_ms: 3,
  },
};

export const down: Readiness = {
  ready: false,
  database: {
    ...ready.database,
    state: "down",
    latency_ms: null,
    message: "No connection to the branch endpoint within 5 s.",
  },
};

export const prompts: Prompt[] = [
  {
    id: "1",
    name: "Business review",
    description: "Where we stand against the plan, why, and what we decide next.",
    category: "Review",
    content:
      "Write for people who decide and have ten minutes.\n\n1. Open with the one sentence they should remember.\n2. Show the three figures that prove it, each against plan and last year.\n3. Name the cause of every deviation above five percent.\n4. Close with decisions, owners and dates.",
    origin: "seed",
    shared: true,
    can_edit: false,
  },
  {
    id: "2",
    name: "Explain a data set",
    description: "What is in the data, how far it can be trusted, and what it cannot tell.",
    category: "Analysis",
    content:
      "Assume a reader who has never seen these tables.\n\nSay what one row means before showing any sum. Give ranges and gaps, not only averages.",
    origin: "seed",
    shared: true,
    can_edit: false,
  },
  {
    id: "3",
    name: "Consumption and cost",
    description: "Who uses the platform for what, and where the next saving is.",
    category: "Platform",
    content: "Group by team first, by product second. One slide a finding.",
    origin: "databricks",
    shared: true,
    can_edit: false,
  },
  {
    id: "4",
    name: "Weekly report",
    description: "What was done, what is late, and who needs help.",
    category: "Team",
    content: "Five slides at most. Name the people.",
    origin: "user",
    shared: false,
    can_edit: true,
  },
];

export const styles: Style[] = [
  {
    id: "1",
    name: "Clear daylight",
    description: "White ground, dark blue titles and one warm accent.",
    category: "System",
    content:
      "Background: #FFFFFF.\nTitles: #14213D, semibold.\nBody text: #3D4657.\nAccents: #E4572E for what matters, then #2A7F9E and #F2B134 in charts.\nSans-serif. At most forty words a slide.",
    origin: "seed",
    shared: true,
    can_edit: false,
    is_default: true,
  },
  {
    id: "2",
    name: "Evening",
    description: "Dark ground for large rooms.",
    category: "Brand",
    content:
      "Background: #101820. Titles: #F4F6F8. Body text: #B9C4CF. Accents: #FF5F46, #00A972, #4299E0.",
    origin: "databricks",
    shared: true,
    can_edit: false,
    is_default: false,
  },
];

export const profiles: Profile[] = [
  {
    id: "1",
    name: "Default",
    description: "The first choice for a new deck.",
    is_default: true,
    prompt_id: "1",
    style_id: "1",
    shared: true,
    can_edit: false,
  },
];

/** Path to body, with everything well; the library is in `library.ts`. */
export const allWell: Record<string, unknown> = {
  "/api/user/current": user,
  "/api/version": version,
  "/api/ready": ready,
  "/api/workspace-access": {
    host: "https://my.cloud.databricks.com",
    signed_in: true,
    user: "ada@example.com",
  },
};
