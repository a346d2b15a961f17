// Runs instances of a module for the simulation, which drives them through pipes: of the kernel's (a file `.wasm`), or
// of the page's (its file `.js`).
//
// usage: instances.mjs MODULE
//
// Takes frames: a line `CALL INSTANCE LENGTH`, and LENGTH bytes, which are the call's JSON. The first call of a number
// makes its instance; `drop` ends it, and has no answer. Answers in order: a line `answer LENGTH`, or `trap LENGTH` if
// the instance stopped working, and as many bytes. No JSON is read here.
import { readSync, writeSync } from "node:fs";
import { compiled, instance } from "../../pkg/tests/kernel.mjs";
import { page } from "./page.mjs";

const NEWLINE = 10;
const create = await creates(process.argv[2]);
const instances = new Map();
let input = Buffer.alloc(1 << 20);
// What is there and not yet taken.
let [from, to] = [0, 0];
let answers = [];

async function creates(path) {
  if (path.endsWith(".js")) return page(path);
  const module = compiled(path);
  return () => instance(module);
}

/** Sends the answers: before waiting, so that frames that came together are answered together. */
function send() {
  const bytes = Buffer.concat(answers);
  answers = [];
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(1, bytes, sent);
}

/** Waits for more. */
function receive() {
  send();
  if (from > 0) {
    input.copy(input, 0, from, to);
    [from, to] = [0, to - from];
  }
  if (to === input.length) input = Buffer.concat([input, Buffer.alloc(input.length)]);
  const count = readSync(0, input, to, input.length - to);
  // The simulation has ended.
  if (count === 0) process.exit(0);
  to += count;
}

function line() {
  for (;;) {
    const end = input.subarray(from, to).indexOf(NEWLINE);
    if (end >= 0) {
      const text = input.toString("latin1", from, from + end);
      from += end + 1;
      return text;
    }
    receive();
  }
}

function bytes(length) {
  while (to - from < length) receive();
  from += length;
  return input.subarray(from - length, from);
}

function answer(kind, bytes) {
  answers.push(Buffer.from(`${kind} ${bytes.length}\n`), bytes);
}

for (;;) {
  const [call, number, length] = line().split(" ");
  const body = bytes(Number(length));
  if (call === "drop") {
    instances.delete(number);
    continue;
  }
  try {
    if (!instances.has(number)) instances.set(number, create());
    answer("answer", await instances.get(number).exchange(call, body));
  } catch (error) {
    answer("trap", Buffer.from(String(error)));
  }
}
