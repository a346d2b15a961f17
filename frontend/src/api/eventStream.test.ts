import { describe, expect, it } from "vitest";
import { EventStreamReader, type StreamEvent } from "./eventStream";

const STREAM =
  'retry: 1000\n\n: waiting\n\nid: 1\nevent: text\ndata: {"body":{"text":"Grüße 🙂"}}\n\nid: 2\r\nevent: slide\r\ndata: a\r\ndata: b\r\n\r\n:\n\nid: 3\rdata:x\r\revent: last\ndata\n\nid: 9\ndata: cut';

const READ: StreamEvent[] = [
  { id: "1", kind: "text", data: '{"body":{"text":"Grüße 🙂"}}' },
  { id: "2", kind: "slide", data: "a\nb" },
  { id: "3", kind: "message", data: "x" },
  { id: "3", kind: "last", data: "" },
];

function read(pieces: readonly Uint8Array[]): StreamEvent[] {
  const reader = new EventStreamReader();
  const decoder = new TextDecoder();
  return pieces.flatMap((piece) => reader.read(decoder.decode(piece, { stream: true })));
}

describe("an event stream", () => {
  const bytes = new TextEncoder().encode(STREAM);

  it("gives the same events wherever it is cut", () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(read([bytes.slice(0, cut), bytes.slice(cut)]), `cut at ${cut}`).toEqual(READ);
    }
  });

  it("gives the same events byte by byte", () => {
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(READ);
  });

  it("refuses an event without an end", () => {
    const reader = new EventStreamReader();
    const piece = "x".repeat(600_000);
    reader.read(piece);
    expect(() => reader.read(piece)).toThrow("too large");
  });
});
