/** Decks on the server: a *session* is the place of one deck. */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import type { Deck, Slide } from "../deck/model";
import { fetchJson, sendJson } from "./client";
import { LIBRARY_KEY } from "./queries";
import { fieldsOf } from "./schema";
import type * as api from "./schema.generated";

// Decks come from our own server, which has checked them; checking each field again here would cost
// more than it could find.
const deckSchema = v.custom<Deck>((value) => typeof value === "object" && value !== null);
const slideSchema = v.custom<Slide>((value) => typeof value === "object" && value !== null);

const personSchema = fieldsOf<api.Person>()({ id: v.string(), name: v.string() });
export type Person = v.InferOutput<typeof personSchema>;

const summarySchema = fieldsOf<api.ListedSession>()({
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

const sessionSchema = fieldsOf<api.ListedSession & api.Session>()({
  ...summarySchema.entries,
  deck: deckSchema,
});
export type Session = v.InferOutput<typeof sessionSchema>;

const listSchema = fieldsOf<api.SessionList>()({
  sessions: v.array(summarySchema),
  next: v.nullish(v.string()),
});
const versionSchema = fieldsOf<api.VersionedDeck>()({ version: v.number(), deck: deckSchema });
const patchedSchema = fieldsOf<api.Patched>()({ version: v.number() });
const nothing = v.unknown();

const savePointSchema = fieldsOf<api.SavePoint>()({
  number: v.number(),
  name: v.nullish(v.string()),
  created_at: v.string(),
  created_by: v.nullish(personSchema),
  slide_count: v.number(),
});
export type SavePoint = v.InferOutput<typeof savePointSchema>;

const principalSchema = fieldsOf<api.Principal>()({
  kind: v.picklist(["user", "group"]),
  id: v.string(),
  name: v.string(),
});
export type Principal = v.InferOutput<typeof principalSchema>;

const shareSchema = fieldsOf<api.Share>()({
  principal: principalSchema,
  access: v.picklist(["view", "edit"]),
});
export type Share = v.InferOutput<typeof shareSchema>;

const presentSchema = fieldsOf<api.Present>()({
  ...personSchema.entries,
  slide_id: v.nullish(v.string()),
});
/** A person who has the deck open, and the slide that they are on. */
export type Present = v.InferOutput<typeof presentSchema>;

const presenceSchema = fieldsOf<api.Presence>()({
  people: v.array(presentSchema),
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
      const schema = fieldsOf<api.SavePoints>()({ save_points: v.array(savePointSchema) });
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
        fieldsOf<api.SavedDeck>()({ ...savePointSchema.entries, deck: deckSchema }),
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const shares = (id: string) =>
  queryOptions({
    queryKey: ["shares", id],
    queryFn: async ({ signal }) =>
      (
        await fetchJson(
          at(id, "/shares"),
          fieldsOf<api.Shares>()({ shares: v.array(shareSchema) }),
          signal,
        )
      ).shares,
    staleTime: 0,
  });

export const principals = (search: string) =>
  queryOptions({
    queryKey: ["principals", search],
    queryFn: async ({ signal }) => {
      const schema = fieldsOf<api.Principals>()({ principals: v.array(principalSchema) });
      const path = `/api/principals?q=${encodeURIComponent(search)}`;
      return (await fetchJson(path, schema, signal)).principals;
    },
    enabled: search.length > 0,
  });

/** Who made the deck's last change. `since`: the version that is known here. */
export const lastChange = (id: string, since: number) =>
  queryOptions({
    queryKey: ["last-change", id, since],
    queryFn: ({ signal }) =>
      fetchJson(
        at(id),
        v.object({ owner: personSchema, updated_by: v.nullish(personSchema) }),
        signal,
      ),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export const readDeck = (id: string) =>
  fetchJson(at(id, "/deck"), versionSchema, new AbortController().signal);

/** With `deck`, what a file has in it: the server says what is wrong with it. */
export const createSession = (made: Omit<api.CreateRequest, "deck"> & { deck?: unknown }) =>
  sendJson("POST", "/api/sessions", made, sessionSchema);

export const renameSession = (id: string, title: string) =>
  sendJson("PATCH", at(id), { title } satisfies api.RenameRequest, summarySchema);

export const deleteSession = (id: string) => sendJson("DELETE", at(id), undefined, nothing);

export const duplicateSession = (id: string) =>
  sendJson("POST", at(id, "/duplicate"), {}, sessionSchema);

export const sendPatches = (
  id: string,
  version: number,
  patches: Readonly<api.PatchRequest["patches"]>,
  options?: { keepalive: boolean },
) => {
  const request: Readonly<Omit<api.PatchRequest, "patches">> & { patches: typeof patches } = {
    version,
    patches,
  };
  return sendJson("POST", at(id, "/patches"), request, patchedSchema, options);
};

export const createSavePoint = (id: string, name: string) => {
  const request: api.SavePointRequest = name ? { name } : {};
  return sendJson("POST", at(id, "/save-points"), request, savePointSchema);
};

export const restoreSavePoint = (id: string, number: number) =>
  sendJson("POST", at(id, `/save-points/${number}/restore`), {}, versionSchema);

const shareAt = (id: string, { kind, id: principal }: Principal) =>
  at(id, `/shares/${kind}/${encodeURIComponent(principal)}`);

export const share = (id: string, principal: Principal, access: api.Access) =>
  sendJson("PUT", shareAt(id, principal), { access } satisfies api.ShareRequest, shareSchema);

export const unshare = (id: string, principal: Principal) =>
  sendJson("DELETE", shareAt(id, principal), undefined, nothing);

export const sendPresence = (id: string, editing: string | null) => {
  const request: api.PresenceRequest = { editing };
  return sendJson("POST", at(id, "/presence"), request, presenceSchema);
};
