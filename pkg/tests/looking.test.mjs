// A plan or a status that is cancelled while a deployment runs on the same deployer: the deployment goes on. With
// the page's module as it is shipped, and a host whose every answer is held until it is let go.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, test } from "node:test";
import { Deployer, initSync } from "../deployer.js";

const PACKAGE = resolve(import.meta.dirname, "..");
initSync({ module: readFileSync(join(PACKAGE, "deployer_bg.wasm")) });

const answer = (status, body) => ({ status, headers: [], body: JSON.stringify(body) });
const ME = answer(200, { userName: "ada@example.com" });
const NOTHING = answer(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "There is none" });

/** What a workspace in which there is nothing answers to a request that reads. */
const read = (request) => (request.path.endsWith("/scim/v2/Me") ? ME : NOTHING);

/** A promise that is kept from outside. */
function gate() {
  const made = {};
  made.passed = new Promise((open) => Object.assign(made, { open }));
  return made;
}

/** A host that holds what is asked until it is opened, and what is to be written until it is let go. */
class HeldHost {
  #open = gate();
  #written = gate();
  #letGo = gate();

  request = async (request) => {
    await this.#open.passed;
    if (request.method === "GET") return read(request);
    this.#written.open(request);
    await this.#letGo.passed;
    return answer(200, {});
  };

  schema = () => Promise.reject({ kind: "connection", message: "There is no database" });

  open = () => this.#open.open();
  firstWrite = () => this.#written.passed;
  letGo = () => this.#letGo.open();
}

let host;
let deployer;
let stopRun;
let running;

beforeEach(() => {
  host = new HeldHost();
  deployer = new Deployer(host);
  stopRun = new AbortController();
  running = deployer.create({}, { signal: stopRun.signal });
});

for (const [name, look] of [
  ["plan", (options) => deployer.plan("create", {}, options)],
  ["status", (options) => deployer.status({}, options)],
  ["history", (options) => deployer.history({}, options)],
]) {
  test(`a cancelled ${name} leaves the deployment alone`, async () => {
    const stopLook = new AbortController();
    const looking = look({ signal: stopLook.signal });
    // Both wait for the workspace.
    stopLook.abort();
    host.open();
    await assert.rejects(looking, { code: "CANCELLED" });

    const write = await host.firstWrite();
    assert.match(write.path, /^\/api\/2\.0\/workspace\//, "the run takes its lock");
    stopRun.abort();
    host.letGo();
    await assert.rejects(running, { code: "CANCELLED" });
  });
}
