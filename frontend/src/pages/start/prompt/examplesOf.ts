import type { Space } from "../../../api/chat";

export interface Example {
  text: string;
  /** The space that it asks; `null`: any. */
  space: string | null;
}

const WITH_DATA = [
  (title: string) => `Quarterly review of the data in ${title}, 6 slides with charts`,
  (title: string) => `What changed most in ${title} this year, and why? For the leadership team`,
  (title: string) => `Five findings from ${title} that we should act on, one slide each`,
];
const WITHOUT = [
  "A project kickoff for a data platform: goals, roadmap, roles and risks, 7 slides",
  "Proposal to the management board: why we should automate our monthly reporting",
  "Introduction for new colleagues: how our team works and whom to ask",
];

/** What a deck could be about: of the spaces that one has, and without data. */
export function examplesOf(spaces: readonly Space[]): Example[] {
  const asked = WITH_DATA.flatMap((make, index): Example[] => {
    // With one space, different questions to it.
    const space = spaces[index % Math.max(1, Math.min(spaces.length, WITH_DATA.length))];
    return space ? [{ text: make(space.title), space: space.id }] : [];
  });
  const free = WITHOUT.map((text): Example => ({ text, space: null }));
  return [...asked, ...free.slice(0, asked.length > 0 ? 1 : WITHOUT.length)];
}
