/** Decks on the server: a *session* is the place of one deck. */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";
import { fetchJson, sendJson } from "./client";
import { LIBRARY_KEY } from "./queries";

// Decks come from our own server, which has checked them; checking each field again here would cost
// more than it could find.
const deckSchema = v.custom<Deck>((value) => typeof value === "object" && value !== null);
const slideSchema = v.custom<Slide>((value) => typeof value === "object" && value !== null);

const personSchema = v.object({ id: v.string(), name: v.string() });
export type Person = v.InferOutput<typeof personSchema>;

const summarySchema = v.object({
  id: v.string(),
  title: v.string(),
  role: v.picklist(["owner", "editor", "viewer"]),
  owner: personSchema,
  slide_count: v.number(),
  version: v.number(),
  theme: v.string(),
  created_at: v.string(),
  updated_at: v.string(),
  updated_by: v.nullish(personSchema),
  shared: v.boolean(),
  cover: v.nullish(slideSchema),
});
export type SessionSummary = v.InferOutput<typeof summarySchema>;

const sessionSchema = v.object({ ...summarySchema.entries, deck: deckSchema });
export type Session = v.InferOutput<typeof sessionSchema>;

const listSchema = v.object({ sessions: v.array(summarySchema), next: v.nullish(v.string()) });
const versionSchema = v.object({ version: v.number(), deck: deckSchema });
const patchedSchema = v.object({ version: v.number() });
const nothing = v.unknown();

const savePointSchema = v.object({
  number: v.number(),
  name: v.nullish(v.string()),
  created_at: v.string(),
  created_by: v.nullish(personSchema),
  slide_count: v.number(),
});
export type SavePoint = v.InferOutput<typeof savePointSchema>;

const principalSchema = v.object({
  kind: v.picklist(["user", "group"]),
  id: v.string(),
  name: v.string(),
});
export type Principal = v.InferOutput<typeof principalSchema>;

const shareSchema = v.object({ principal: principalSchema, access: v.picklist(["view", "edit"]) });
export type Share = v.InferOutput<typeof shareSchema>;

const presenceSchema = v.object({
  people: v.array(v.looseObject({ id: v.string(), name: v.string() })),
  version: v.number(),
});

const at = (id: string, rest = "") => `/api/sessions/${encodeURIComponent(id)}${rest}`;

export const sessions = (search: string) =>
  queryOptions({
    queryKey: [...LIBRARY_KEY, "sessions", search],
    queryFn: ({ signal }) => {
      const query = search ? `&q=${encodeURIComponent(search)}` : "";
      return fetchJson(`/api/sessions?limit=50${query}`, listSchema, signal);
    },
    staleTime: 0,
  });

export const session = (id: string) =>
  queryOptions({
    queryKey: ["session", id],
    queryFn: ({ signal }) => fetchJson(at(id), sessionSchema, signal),
    // The editor owns the deck from here on.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export const savePoints = (id: string) =>
  queryOptions({
    queryKey: ["save-points", id],
    queryFn: async ({ signal }) => {
      const schema = v.object({ save_points: v.array(savePointSchema) });
      return (await fetchJson(at(id, "/save-points"), schema, signal)).save_points;
    },
    staleTime: 0,
  });

export const savePoint = (id: string, number: number) =>
  queryOptions({
    queryKey: ["save-points", id, number],
    queryFn: ({ signal }) =>
      fetchJson(
        at(id, `/save-points/${number}`),
        v.object({ ...savePointSchema.entries, deck: deckSchema }),
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const shares = (id: string) =>
  queryOptions({
    queryKey: ["shares", id],
    queryFn: async ({ signal }) =>
      (await fetchJson(at(id, "/shares"), v.object({ shares: v.array(shareSchema) }), signal))
        .shares,
    staleTime: 0,
  });

export const principals = (search: string) =>
  queryOptions({
    queryKey: ["principals", search],
    queryFn: async ({ signal }) => {
      const schema = v.object({ principals: v.array(principalSchema) });
      const path = `/api/principals?q=${encodeURIComponent(search)}`;
      return (await fetchJson(path, schema, signal)).principals;
    },
    enabled: search.length > 0,
  });

export const readDeck = (id: string) =>
  fetchJson(at(id, "/deck"), versionSchema, new AbortController().signal);

export const createSession = (made: {
  title?: string;
  from?: "blank" | "sample";
  deck?: unknown;
}) => sendJson("POST", "/api/sessions", made, sessionSchema);

export const renameSession = (id: string, title: string) =>
  sendJson("PATCH", at(id), { title }, summarySchema);

export const deleteSession = (id: string) => sendJson("DELETE", at(id), undefined, nothing);

export const duplicateSession = (id: string) =>
  sendJson("POST", at(id, "/duplicate"), {}, sessionSchema);

export const sendPatches = (
  id: string,
  version: number,
  patches: readonly Patch[],
  options?: { keepalive: boolean },
) => sendJson("POST", at(id, "/patches"), { version, patches }, patchedSchema, options);

export const createSavePoint = (id: string, name: string) =>
  sendJson("POST", at(id, "/save-points"), name ? { name } : {}, savePointSchema);

export const restoreSavePoint = (id: string, number: number) =>
  sendJson("POST", at(id, `/save-points/${number}/restore`), {}, versionSchema);

const shareAt = (id: string, { kind, id: principal }: Principal) =>
  at(id, `/shares/${kind}/${encodeURIComponent(principal)}`);

export const share = (id: string, principal: Principal, access: Share["access"]) =>
  sendJson("PUT", shareAt(id, principal), { access }, shareSchema);

export const unshare = (id: string, principal: Principal) =>
  sendJson("DELETE", shareAt(id, principal), undefined, nothing);

export const sendPresence = (id: string, editing: string | null) =>
  sendJson("POST", at(id, "/presence"), { editing }, presenceSchema);

export const deckFile = (id: string) => at(id, "/deck.json");
