/** An invented server's sessions, in memory: decks that take patches, save points, shares. */
import type { Deck } from "../src/deck/model";
import type { Patch } from "../src/deck/patch";
import { applyAll } from "./engine/apply.ts";
import { blankDeck, planDeck, reviewDeck, sampleDeck } from "./sampleDeck.ts";

export interface MockAnswer {
  status: number;
  body?: unknown;
}

interface SavePoint {
  number: number;
  name: string;
  created_at: string;
  created_by: Person;
  deck: Deck;
}

interface Person {
  id: string;
  name: string;
}

interface Share {
  principal: { kind: "user" | "group"; id: string; name: string };
  access: "view" | "edit";
  created_at: string;
}

/** What a session is created of. */
interface Asked {
  title?: string;
  from?: string;
  deck?: Deck;
}

interface Session {
  id: string;
  role: "owner" | "editor" | "viewer";
  owner: Person;
  deck: Deck;
  version: number;
  created_at: string;
  updated_at: string;
  savePoints: SavePoint[];
  shares: Share[];
  updatedBy: Person;
  /** Who else has it open. */
  people: (Person & { slide_id: string | null })[];
}

const ADA: Person = { id: "1001", name: "Ada Example" };
const GRACE: Person = { id: "1002", name: "Grace Hopper" };
const PRINCIPALS = [
  { kind: "user", id: "1002", name: "Grace Hopper" },
  { kind: "user", id: "1003", name: "Alan Turing" },
  { kind: "group", id: "g1", name: "analysts" },
  { kind: "group", id: "g2", name: "admins" },
] as const;
const notFound = failure(404, "not_found", "There is no such deck, or you have no access to it.");

export class MockSessions {
  readonly sessions: Session[] = [];
  private made = 0;
  private images = 0;
  /** Fixed, so that what a test sees doesn't depend on the day. */
  private clock = Date.parse("2026-11-28T19:00:00Z");

  constructor({ empty = false } = {}) {
    if (empty) return;
    this.add(planDeck, "owner");
    this.add(reviewDeck, "editor", GRACE);
    this.add(sampleDeck, "owner");
  }

  answer(method: string, url: string, body: unknown): MockAnswer {
    const [path = "", search = ""] = url.split("?");
    const query = new URLSearchParams(search);
    const [, , subject, id, ...rest] = path.split("/");
    if (subject === "principals") {
      const asked = (query.get("q") ?? "").toLowerCase();
      const principals = PRINCIPALS.filter(({ name }) => name.toLowerCase().includes(asked));
      return { status: 200, body: { principals } };
    }
    if (subject === "images" && method === "POST") return this.keepImage();
    if (id === undefined) return method === "POST" ? this.create(body) : this.list(query);
    const session = this.sessions.find((one) => one.id === id);
    return session ? this.within(session, method, rest, body) : notFound;
  }

  private keepImage(): MockAnswer {
    this.images += 1;
    return {
      status: 201,
      body: { id: `image-${this.images}`, width: 1, height: 1, type: "image/png" },
    };
  }

  /** What another person's change does. */
  changeElsewhere(id: string, patches: Patch[], by: Person = GRACE) {
    const session = this.sessions.find((one) => one.id === id);
    if (session) this.apply(session, patches, by);
  }

  private list(query: URLSearchParams): MockAnswer {
    const asked = (query.get("q") ?? "").toLowerCase();
    const sessions = this.sessions
      .filter(({ deck }) => JSON.stringify(deck).toLowerCase().includes(asked))
      .toSorted((one, other) => other.updated_at.localeCompare(one.updated_at))
      .map((session) => ({ ...summary(session), cover: session.deck.slides[0] ?? null }));
    return { status: 200, body: { sessions, next: null } };
  }

  private create(body: unknown): MockAnswer {
    const { title, from, deck } = body as Asked;
    const made = deck ?? (from === "sample" ? sampleDeck : blankDeck(title ?? "Untitled deck"));
    if (made.format !== 1) {
      const problems = [{ path: "format", message: "this format can't be read" }];
      const error = { code: "invalid_deck", message: "The deck can't be read.", problems };
      return { status: 422, body: { error } };
    }
    return { status: 201, body: full(this.add(made, "owner")) };
  }

  private within(session: Session, method: string, rest: string[], body: unknown): MockAnswer {
    const [what, name, ...more] = rest;
    if (what === undefined) return this.whole(session, method, body);
    if (what === "deck") {
      return { status: 200, body: { version: session.version, deck: session.deck } };
    }
    if (what === "deck.json") return { status: 200, body: session.deck };
    if (what === "duplicate") {
      const deck = { ...session.deck, title: `${session.deck.title} (copy)` };
      return { status: 201, body: full(this.add(deck, "owner")) };
    }
    if (session.role === "viewer" && method !== "GET") {
      return failure(403, "forbidden", "You can view this deck, but not change it.");
    }
    if (what === "patches") return this.patch(session, body);
    if (what === "save-points") return this.savePoints(session, method, name, more[0], body);
    if (what === "shares") return this.shares(session, method, [name, more[0]], body);
    if (what === "presence") {
      return { status: 200, body: { people: session.people, version: session.version } };
    }
    return failure(404, "not_found", "There is no such route.");
  }

  private whole(session: Session, method: string, body: unknown): MockAnswer {
    if (method === "GET") return { status: 200, body: full(session) };
    if (method === "DELETE") {
      this.sessions.splice(this.sessions.indexOf(session), 1);
      return { status: 204 };
    }
    this.apply(session, [{ op: "set_title", title: (body as { title: string }).title }]);
    return { status: 200, body: summary(session) };
  }

  private patch(session: Session, body: unknown): MockAnswer {
    const { version, patches } = body as { version: number; patches: Patch[] };
    if (version !== session.version) {
      const message = "The deck was changed by another person.";
      const error = { code: "version_conflict", message, version: session.version };
      return { status: 409, body: { error } };
    }
    try {
      const inverse = this.apply(session, patches);
      return { status: 200, body: { version: session.version, inverse } };
    } catch (error) {
      return failure(422, "invalid_patch", error instanceof Error ? error.message : String(error));
    }
  }

  private savePoints(
    session: Session,
    method: string,
    number: string | undefined,
    restore: string | undefined,
    body: unknown,
  ): MockAnswer {
    if (number === undefined && method === "POST") {
      const name = (body as { name?: string } | undefined)?.name ?? "Save point";
      return { status: 201, body: listed(this.save(session, name)) };
    }
    if (number === undefined) {
      return { status: 200, body: { save_points: session.savePoints.map(listed) } };
    }
    const point = session.savePoints.find((one) => String(one.number) === number);
    if (!point) return failure(404, "not_found", "There is no such save point.");
    if (restore === undefined) return { status: 200, body: { ...listed(point), deck: point.deck } };
    this.save(session, `Before restoring ${point.number}`);
    session.deck = structuredClone(point.deck);
    session.version += 1;
    return { status: 200, body: { version: session.version, deck: session.deck } };
  }

  private shares(
    session: Session,
    method: string,
    [kind, id]: (string | undefined)[],
    body: unknown,
  ): MockAnswer {
    const others = session.shares.filter(
      ({ principal }) => principal.kind !== kind || principal.id !== id,
    );
    if (method === "GET") return { status: 200, body: { shares: session.shares } };
    if (method === "DELETE") {
      session.shares = others;
      return { status: 204 };
    }
    const principal = PRINCIPALS.find((one) => one.kind === kind && one.id === id);
    if (!principal) return failure(404, "not_found", "There is no such person or group.");
    const { access } = body as Pick<Share, "access">;
    const share: Share = { principal, access, created_at: this.now() };
    session.shares = [...others, share];
    return { status: 200, body: share };
  }

  private save(session: Session, name: string): SavePoint {
    const point = {
      number: session.savePoints.length + 1,
      name,
      created_at: this.now(),
      created_by: ADA,
      deck: structuredClone(session.deck),
    };
    session.savePoints.unshift(point);
    return point;
  }

  private apply(session: Session, patches: Patch[], by = ADA): Patch[] {
    const { deck, inverse } = applyAll(session.deck, patches);
    session.deck = deck;
    session.version += 1;
    session.updated_at = this.now();
    session.updatedBy = by;
    return inverse;
  }

  private add(deck: Deck, role: Session["role"], owner = ADA): Session {
    this.made += 1;
    const now = this.now();
    const session: Session = {
      id: `00000000-0000-4000-8000-${String(this.made).padStart(12, "0")}`,
      role,
      owner,
      deck: structuredClone(deck),
      version: 1,
      created_at: now,
      updated_at: now,
      savePoints: [],
      shares: [],
      updatedBy: owner,
      people: [],
    };
    this.sessions.push(session);
    this.save(session, "Created");
    return session;
  }

  private now(): string {
    this.clock += 60_000;
    return new Date(this.clock).toISOString();
  }
}

function listed({ deck, ...point }: SavePoint) {
  return { ...point, slide_count: deck.slides.length };
}

function summary({ id, role, owner, deck, version, ...rest }: Session) {
  return {
    id,
    title: deck.title,
    role,
    owner,
    slide_count: deck.slides.length,
    version,
    theme: deck.theme,
    created_at: rest.created_at,
    updated_at: rest.updated_at,
    updated_by: rest.updatedBy,
    shared: rest.shares.length > 0 || role !== "owner",
  };
}

function full(session: Session) {
  return { ...summary(session), deck: session.deck };
}

function failure(status: number, code: string, message: string): MockAnswer {
  return { status, body: { error: { code, message } } };
}
