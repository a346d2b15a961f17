// The module for a notebook's kernel, loaded as any WebAssembly runtime does: nothing to import, JSON in its memory.
import { readFileSync } from "node:fs";

export const PROTOCOL = 2;

/** The compiled module of a file. */
export const compiled = (path) => new WebAssembly.Module(readFileSync(path));

/** One instance of the module; each call takes an object and answers one. */
export function load(path) {
  const instance = new WebAssembly.Instance(compiled(path), {});
  const { memory, alloc, free, ...calls } = instance.exports;
  const read = (packed) => {
    const answer = BigInt.asUintN(64, packed);
    const [address, length] = [Number(answer >> 32n), Number(answer & 0xffffffffn)];
    const text = new TextDecoder().decode(new Uint8Array(memory.buffer, address, length));
    free(address);
    return JSON.parse(text);
  };
  const call = (name, object) => {
    const bytes = new TextEncoder().encode(JSON.stringify(object));
    const address = alloc(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    return read(calls[name](address));
  };
  const ask = (question) => call("ask", { protocol: PROTOCOL, ...question });
  return { call, ask, callAt: (name, address) => read(calls[name](address)), free, memory };
}
