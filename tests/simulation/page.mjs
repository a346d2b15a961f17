// The module for a page, with the calls of the kernel's: `start`, `poll`, `resolve`, `cancel`.
//
// One page holds all deployers, and only one of them can act at a time: the others wait for what this file has not
// resolved. So clocks and randomness are those of the deployer whose turn it is. A closed page is a run whose commands
// are never resolved.
import { createCipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const PROTOCOL = 2;
let acting = null;
// A panic in the module ends the turn's microtask, and no promise.
process.on("uncaughtException", (error) => {
  acting.broken = error;
});

/** The random bytes of a seed, as the kernel's module makes them: whole words of the keystream. */
function stream(seed) {
  const cipher = createCipheriv("chacha20", Buffer.from(seed, "base64"), Buffer.alloc(16));
  return (out) => {
    const words = cipher.update(Buffer.alloc(Math.ceil(out.length / 4) * 4));
    out.set(words.subarray(0, out.length));
    return out;
  };
}

function replaceClocks() {
  Date.now = () => acting.now;
  Object.defineProperty(performance, "now", { value: () => acting.elapsed });
  Object.defineProperty(crypto, "getRandomValues", { value: (out) => acting.random(out) });
}

/** Makes deployers of the page that the JavaScript file `path` and the module beside it are. */
export async function page(path) {
  const { Deployer, initSync } = await import(pathToFileURL(path));
  initSync({ module: readFileSync(path.replace(/\.js$/, "_bg.wasm")) });
  replaceClocks();
  return () => new Run(Deployer);
}

/** A deployer of the page, and its host. */
class Run {
  constructor(Deployer) {
    this.deployer = new Deployer(this.host());
    this.aborting = new AbortController();
    // The commands that were handed out, with how each is settled; and the outcomes to settle in the next turn.
    this.pending = new Map();
    this.outcomes = [];
    this.turn = null;
  }

  host() {
    let next = 1;
    const issue = (command, read) =>
      new Promise((resolve, reject) => {
        const id = next++;
        this.turn.commands.push({ id, ...command });
        this.pending.set(id, { resolve: (answer) => resolve(read(answer)), reject });
      });
    const response = (answer) => answer.response;
    return {
      request: (request) => issue({ kind: "request", request }, response),
      probe: (probe) => issue({ kind: "probe", probe }, response),
      schema: (at, operation) => issue({ kind: "schema", at, operation }, outcome),
      sleep: (duration_ms) => issue({ kind: "sleep", duration_ms }, () => undefined),
    };
  }

  async exchange(call, bytes) {
    const answer = await this[call](JSON.parse(bytes));
    return Buffer.from(JSON.stringify({ protocol: PROTOCOL, ...answer }));
  }

  start(start) {
    this.asked = start;
    this.random = stream(start.seed);
    return { accepted: true };
  }

  resolve({ id, answer }) {
    const { resolve, reject } = this.pending.get(id);
    this.pending.delete(id);
    this.outcomes.push(() => (answer?.error ? reject(answer.error) : resolve(answer)));
    return { accepted: true };
  }

  cancel() {
    this.outcomes.push(() => this.aborting.abort());
    return { accepted: true };
  }

  async poll({ now_ms, elapsed_ms }) {
    acting = this;
    this.began ??= elapsed_ms;
    [this.now, this.elapsed] = [now_ms, elapsed_ms - this.began];
    this.turn = { state: "running", events: [], commands: [], withdrawn: [] };
    if (this.asked) this.begin(this.asked);
    this.asked = null;
    for (const settle of this.outcomes.splice(0)) settle();
    // Until nothing can be done without a further outcome.
    await new Promise(setImmediate);
    if (this.broken) throw this.broken;
    return this.turn;
  }

  begin({ operation, plan_of, arguments: config }) {
    const onEvent = (event) => this.turn.events.push(event);
    const options = { onEvent, signal: this.aborting.signal };
    const result =
      operation === "plan"
        ? this.deployer.plan(plan_of, config, options)
        : this.deployer[operation](config, options);
    result.then(
      (result) => Object.assign(this.turn, { state: "finished", result }),
      (error) => {
        Object.assign(this.turn, { state: "failed", error: { ...error, message: error.message } });
      },
    );
  }
}

/** The outcome of a schema operation, as a host of the page gives it, from the row that its script returns. */
function outcome({ row }) {
  return row ? { outcome: "inspected", ...JSON.parse(row[0]) } : { outcome: "done" };
}
