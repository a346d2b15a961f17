/** An invented server's prompts, styles and profiles, in memory. */
import type { Profile, Prompt, Style } from "../src/api/schema";
import type { Theme } from "../src/deck/theme";
import { themes } from "./engine/themes.ts";
import { profiles, prompts, styles } from "./fixtures.ts";
import type { MockAnswer } from "./sessions.ts";

/** The colours of an invented company. */
const ACME = {
  ...themes[0],
  cover: { background: "#5B2A86", text: "#FFFFFF", muted: "#E4D4F2" },
  section: { background: "#5B2A86", text: "#FFFFFF", muted: "#E4D4F2" },
  fonts: { heading: "arimo", body: "arimo" },
};

type Item = (Prompt | Style | Profile) & { is_default?: boolean };
type Kind = "prompts" | "styles" | "profiles";

export class MockLibrary {
  readonly prompts: Item[];
  readonly styles: Item[];
  readonly profiles: Item[];
  private readonly themes = new Map<string, Theme>();
  private made = 0;

  constructor(private readonly person: { isAdmin: boolean } = { isAdmin: false }) {
    this.prompts = structuredClone(prompts);
    this.styles = structuredClone(styles);
    this.profiles = structuredClone(profiles);
  }

  answer(method: string, path: string, body: unknown): MockAnswer {
    const [address = "", asked] = path.split("?");
    if (address === "/api/themes" || address.startsWith("/api/themes/")) {
      return this.themesAt(address.split("/")[3]);
    }
    const [, , , kind, id, what] = address.split("/");
    if (kind === "styles" && id === "file") return this.read(new URLSearchParams(asked), body);
    if (kind !== "prompts" && kind !== "styles" && kind !== "profiles") {
      return failure(404, "not_found", "There is no such route.");
    }
    if (id === undefined) {
      return method === "POST" ? this.create(kind, body as Partial<Item>) : this.list(kind);
    }
    const item = this[kind].find((one) => String(one.id) === id);
    if (!item) return failure(404, "not_found", `There is no such ${kind.slice(0, -1)}.`);
    if (what === "default") return this.setDefault(kind, item);
    if (!this.canEdit(item)) {
      return failure(403, "forbidden", "It is changed by the workspace's administrators.");
    }
    if (method === "DELETE") {
      this[kind].splice(this[kind].indexOf(item), 1);
      return { status: 204 };
    }
    return this.change(kind, item, body as Partial<Item>);
  }

  /** All themes, or one of them. */
  private themesAt(id: string | undefined): MockAnswer {
    const all = [...themes, ...this.themes.values()];
    if (id === undefined) return { status: 200, body: { themes: all } };
    const theme = all.find((one) => one.id === id);
    return theme
      ? { status: 200, body: theme }
      : failure(404, "not_found", "There is no such theme.");
  }

  /** Reads a style from a file; one that isn't packed isn't a PowerPoint file. */
  private read(asked: URLSearchParams, body: unknown): MockAnswer {
    if (typeof body === "string" && !body.startsWith("PK")) {
      const message = "This isn't a PowerPoint file. Choose a .pptx or .potx file";
      return failure(415, "invalid_style_file", message);
    }
    const name = asked.get("name") ?? "";
    const style = {
      name,
      description: "From a PowerPoint file",
      category: "Company",
      content: "-",
    };
    const made = this.create("styles", { ...style, shared: asked.get("shared") === "true" });
    if (made.status !== 201) return made;
    const item = made.body as Style;
    const theme = { ...ACME, id: `style-${item.id}`, name } as Theme;
    this.themes.set(theme.id, theme);
    item.theme = theme.id;
    item.notes = [
      "Slides are drawn in Arimo in place of Segoe UI; PowerPoint files name Segoe UI.",
    ];
    return { status: 201, body: { ...item, can_edit: this.canEdit(item) } };
  }

  private list(kind: Kind): MockAnswer {
    const items = this[kind].map((item) => ({ ...item, can_edit: this.canEdit(item) }));
    return { status: 200, body: { [kind]: items } };
  }

  private create(kind: Kind, given: Partial<Item>): MockAnswer {
    const shared = given.shared === true;
    if (shared && !this.person.isAdmin) {
      return failure(403, "forbidden", "It is changed by the workspace's administrators.");
    }
    this.made += 1;
    const own = { id: `00000000-0000-4000-9000-${String(this.made).padStart(12, "0")}` };
    const rest = kind === "prompts" ? {} : { is_default: false };
    const item = { origin: "user", ...rest, ...given, ...own, shared } as Item;
    if (this.isTaken(kind, item)) return taken(kind, item);
    this[kind].push(item);
    return { status: 201, body: item };
  }

  private change(kind: Kind, item: Item, changes: Partial<Item>): MockAnswer {
    const next = { ...item, ...changes };
    if (this.isTaken(kind, next)) return taken(kind, next);
    Object.assign(item, changes);
    return { status: 200, body: item };
  }

  private setDefault(kind: Kind, item: Item): MockAnswer {
    for (const one of this[kind]) one.is_default = one === item;
    return { status: 204 };
  }

  private canEdit({ shared }: Item): boolean {
    return !shared || this.person.isAdmin;
  }

  private isTaken(kind: Kind, item: Item): boolean {
    return this[kind].some(
      (one) => one.name === item.name && one.shared === item.shared && one.id !== item.id,
    );
  }
}

function taken(kind: Kind, { name }: Item): MockAnswer {
  const message = `A ${kind.slice(0, -1)} called "${name}" already exists. Choose another name`;
  return failure(409, "name_taken", message);
}

function failure(status: number, code: string, message: string): MockAnswer {
  return { status, body: { error: { code, message } } };
}
