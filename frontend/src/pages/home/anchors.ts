/** Ids of cards on the page, so that the default profile can link to them. */
import type { Prompt, Style } from "../../api/schema";

export function promptAnchor(prompt: Prompt): string {
  return `prompt-${prompt.id}`;
}

export function styleAnchor(style: Style): string {
  return `style-${style.id}`;
}
