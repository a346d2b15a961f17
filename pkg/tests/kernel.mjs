// The module for a notebook's kernel, loaded as any WebAssembly runtime does: nothing to import, JSON in its memory.
import { readFileSync } from "node:fs";

export const PROTOCOL = 2;

/** The compiled module of a file. */
export const compiled = (path) => new WebAssembly.Module(readFileSync(path));

/** A new instance. `exchange` passes the bytes of a call, and returns those of its answer. */
export function instance(module) {
  const { memory, alloc, free, ...calls } = new WebAssembly.Instance(module, {}).exports;
  const read = (packed) => {
    const answer = BigInt.asUintN(64, packed);
    const [address, length] = [Number(answer >> 32n), Number(answer & 0xffffffffn)];
    const bytes = new Uint8Array(memory.buffer, address, length).slice();
    free(address);
    return bytes;
  };
  const exchange = (name, bytes) => {
    const address = alloc(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return read(calls[name](address));
  };
  return { exchange, exchangeAt: (name, address) => read(calls[name](address)), free, memory };
}

/** One instance of the module; each call takes an object and answers one. */
export function load(path) {
  const { exchange, exchangeAt, free, memory } = instance(compiled(path));
  const parsed = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
  const call = (name, object) =>
    parsed(exchange(name, new TextEncoder().encode(JSON.stringify(object))));
  const ask = (question) => call("ask", { protocol: PROTOCOL, ...question });
  return { call, ask, callAt: (name, address) => parsed(exchangeAt(name, address)), free, memory };
}
