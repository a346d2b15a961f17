// What the tests in Rust need of the page: its time, the workspace's control address, and a host of
// functions as a notebook's widget would give one.

const real = {
  clearTimeout: globalThis.clearTimeout.bind(globalThis),
  fetch: globalThis.fetch.bind(globalThis),
  now: Date.now.bind(Date),
  setTimeout: globalThis.setTimeout.bind(globalThis),
};

const sent = (method, path, body) =>
  real.fetch(path, {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  });

/** Asks the local workspace's control address; answers JSON as text. */
export async function control(method, path, body) {
  const answer = await sent(method, `/__local${path}`, body);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} /__local${path}: ${answer.status} ${text}`);
  return text;
}

/** Asks the workspace itself, past the deployer and the server beside the page. */
export async function ask(method, path, body) {
  const answer = await sent(method, `/__workspace${path}`, body);
  return [answer.status, await answer.text()];
}

/** Where the workspace is for who goes straight to it, and Ada's token; JSON as text. */
export async function about() {
  return (await sent("GET", "/__about")).text();
}

/**
 * The page's clock and timers, on the workspace's virtual clock. Time passes only while nothing else
 * happens: when no request is under way and no promise has news, the clock moves to whoever sleeps
 * for the shortest time. So waits of minutes take no time, and no test waits for the wall clock.
 */
class VirtualTime {
  static #QUIET_TURNS = 12;
  #now;
  #next = 1;
  #sleepers = new Map();
  #underWay = 0;
  #happened = 0;
  #wake = () => {};
  #ended = false;

  constructor(now) {
    this.#now = now;
    Date.now = () => this.#now;
    globalThis.setTimeout = (callback, delay = 0, ...values) => {
      const id = this.#next++;
      this.#sleepers.set(id, {
        until: this.#now + Math.max(delay, 0),
        wake: () => callback(...values),
      });
      this.#news();
      return id;
    };
    globalThis.clearTimeout = (id) => this.#sleepers.delete(id);
    globalThis.fetch = (...request) => this.#watched(real.fetch(...request));
    this.#run();
  }

  /** Ends it; sleepers of this test never wake. */
  end() {
    this.#ended = true;
    Date.now = real.now;
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    globalThis.fetch = real.fetch;
    this.#news();
  }

  #news() {
    this.#happened++;
    this.#wake();
  }

  /** An answer that is only given when its body is there: until then the request is under way. */
  async #watched(asked) {
    this.#underWay++;
    try {
      const answer = await asked;
      const { status, statusText, headers } = answer;
      // Nobody may look into it, and nobody may make another of its kind.
      if (status === 0) return answer;
      const body = await answer.arrayBuffer();
      return new Response(body.byteLength ? body : null, { status, statusText, headers });
    } finally {
      this.#underWay--;
      this.#news();
    }
  }

  async #run() {
    const { port1, port2 } = new MessageChannel();
    const turn = () =>
      new Promise((resolve) => {
        port1.onmessage = resolve;
        port2.postMessage(null);
      });
    while (!this.#ended) {
      const before = this.#happened;
      for (let quiet = 0; quiet < VirtualTime.#QUIET_TURNS; quiet++) await turn();
      if (this.#happened !== before) continue;
      if (this.#underWay || !this.#sleepers.size) {
        await new Promise((resolve) => {
          this.#wake = resolve;
        });
      } else {
        await this.#advance();
      }
    }
    port1.close();
  }

  async #advance() {
    const until = Math.min(...[...this.#sleepers.values()].map((sleeper) => sleeper.until));
    if (until > this.#now) {
      await control("POST", "/clock", JSON.stringify({ advance_ms: until - this.#now }));
      this.#now = until;
    }
    for (const [id, sleeper] of [...this.#sleepers]) {
      if (sleeper.until > until || !this.#sleepers.delete(id)) continue;
      sleeper.wake();
    }
    this.#news();
  }
}

let time;

/** Begins a test: its time stands where the workspace's does, and no fault of an earlier one is left. */
export async function begin() {
  await control("DELETE", "/faults");
  time = new VirtualTime(JSON.parse(await control("GET", "/clock")).now_ms);
}

/** Ends a test. */
export function end() {
  time.end();
}

/**
 * A host of functions. `answer` may put its own answer or exception in place of a request's, by
 * method and path; what it leaves alone goes to the server beside the page.
 */
export function functionsHost(answer = () => undefined) {
  const post = async (path, method, body) => {
    const response = await fetch(path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.headers.has("tellr-host-error")) throw await response.json();
    return response;
  };
  return {
    async request({ method, path, query = [], body }) {
      const instead = answer(method, path);
      if (instead !== undefined) return instead;
      const parameters = query.length ? `?${new URLSearchParams(query)}` : "";
      const response = await post(`/api/workspace${path}${parameters}`, method, body);
      return {
        status: response.status,
        headers: [...response.headers],
        body: await response.text(),
      };
    },
    async schema(at, operation) {
      const answered = await (
        await post("/api/workspace-schema", "POST", { at, operation })
      ).json();
      if (answered.error) throw answered.error;
      return answered.outcome;
    },
  };
}

/**
 * A host that goes straight to `baseUrl`. `token` is asked for one; SQL is run by the server beside the
 * page, or by nobody.
 */
export function directHost(baseUrl, token, runsSql) {
  const host = { kind: "fetch", direct: true, baseUrl, token };
  if (runsSql) host.schema = functionsHost().schema;
  return host;
}
