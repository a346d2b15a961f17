// The module for a notebook's kernel, as any WebAssembly runtime sees it: loaded with nothing to import, and
// driven by JSON in its memory. DEPLOYER_WASM names the module, built with the feature `kernel`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compiled, load as loadFrom, PROTOCOL } from "./kernel.mjs";

const path = process.env.DEPLOYER_WASM;
assert.ok(path, "DEPLOYER_WASM names the module to test");
const load = () => loadFrom(path);

const now_ms = Date.UTC(2026, 10, 23);
const seed = Buffer.alloc(32, 7).toString("base64");
const start = { protocol: PROTOCOL, operation: "create", arguments: {}, seed, now_ms };

test("it imports nothing and exports its functions", () => {
  assert.deepEqual(WebAssembly.Module.imports(compiled(path)), []);
  const functions = WebAssembly.Module.exports(compiled(path)).filter(
    ({ kind }) => kind === "function",
  );
  const names = functions.map(({ name }) => name).sort();
  assert.deepEqual(names, ["alloc", "ask", "cancel", "free", "poll", "resolve", "start"]);
});

test("a run asks for its first request and goes on with the answer", () => {
  const { call } = load();
  assert.deepEqual(call("start", start), { protocol: PROTOCOL, accepted: true });
  const first = call("poll", { protocol: PROTOCOL, now_ms });
  assert.equal(first.state, "running");
  assert.equal(first.events[0].at, "2026-11-23T00:00:00Z");
  assert.ok(first.commands.length > 0);
  for (const { id, kind, request } of first.commands) {
    assert.deepEqual([kind, request.method], ["request", "GET"]);
    const isMe = request.path.endsWith("/Me");
    const answer = {
      response: isMe
        ? { status: 200, headers: [], body: '{"userName":"ada@example.com"}' }
        : { status: 404, headers: [], body: '{"error_code":"RESOURCE_DOES_NOT_EXIST"}' },
    };
    assert.equal(call("resolve", { protocol: PROTOCOL, id, answer }).accepted, true);
  }
  const second = call("poll", { protocol: PROTOCOL, now_ms });
  assert.ok(second.commands.length >= 4, "it looks at several things at once");
});

test("a kernel of another version is told so", () => {
  const { refused } = load().call("start", { ...start, protocol: PROTOCOL + 1 });
  assert.equal(refused.code, "PROTOCOL_MISMATCH");
});

test("an address that nobody was given is an empty call", () => {
  const { callAt, call, free } = load();
  for (const address of [0, 77, 0x7fffffff]) {
    assert.equal(callAt("start", address).refused.code, "PROTOCOL_FAULT");
    free(address);
  }
  assert.equal(call("start", start).accepted, true, "and the module still works");
});

test("memory does not grow with the number of calls", () => {
  const { call, memory } = load();
  call("start", start);
  const body = "x".repeat(100_000);
  const ask = () => call("resolve", { protocol: PROTOCOL, id: 99, answer: { body } });
  ask();
  const before = memory.buffer.byteLength;
  for (let count = 0; count < 200; count++) ask();
  assert.ok(memory.buffer.byteLength - before < 1_000_000);
});
