/** An invented server's prompts, styles and profiles, in memory. */
import type { Profile, Prompt, Style } from "../src/api/schema";
import { profiles, prompts, styles } from "./fixtures.ts";
import type { MockAnswer } from "./sessions.ts";

type Item = (Prompt | Style | Profile) & { is_default?: boolean };
type Kind = "prompts" | "styles" | "profiles";

export class MockLibrary {
  readonly prompts: Item[];
  readonly styles: Item[];
  readonly profiles: Item[];
  private made = 0;

  constructor(private readonly person: { isAdmin: boolean } = { isAdmin: false }) {
    this.prompts = structuredClone(prompts);
    this.styles = structuredClone(styles);
    this.profiles = structuredClone(profiles);
  }

  answer(method: string, path: string, body: unknown): MockAnswer {
    const [, , , kind, id, what] = path.split("/");
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
