/**
 * Messages of any size over a channel with a size limit; the other end is `tellr/bridge/wire.py`.
 */
import type { Model } from "./model";

export const PROTOCOL = 1;

/** The lowest known limit is the platform's, 5 MB for a whole message. */
const PART_BYTES = 4_000_000;
const INLINE_BYTES = 256 * 1024;
const LARGEST_MESSAGE_BYTES = 40 * 1024 * 1024;
const PATIENCE_MS = 60_000;

export interface Message {
  tellr: number;
  kind: string;
  [name: string]: unknown;
}

interface Part extends Message {
  transfer: string;
  index: number;
  count: number;
}

interface Transfer {
  parts: Map<number, Uint8Array>;
  until: number;
}

export class Wire {
  readonly #model: Model;
  readonly #transfers = new Map<string, Transfer>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Sends a message, whole or in parts. */
  send(message: Message): void {
    const text = new TextEncoder().encode(JSON.stringify(message));
    if (text.length <= INLINE_BYTES) {
      this.#model.send(message);
      return;
    }
    const transfer = randomName();
    const count = Math.ceil(text.length / PART_BYTES);
    for (let index = 0; index < count; index++) {
      const part = text.slice(index * PART_BYTES, (index + 1) * PART_BYTES);
      const head = { tellr: PROTOCOL, kind: "part", transfer, index, count };
      this.#model.send(head, undefined, [part.buffer]);
    }
  }

  /** Processes received data; returns a message once it is complete. Invalid data is dropped. */
  receive(content: unknown, buffers: readonly ArrayBufferView[] = []): Message | null {
    if (!isMessage(content)) return null;
    return content.kind === "part" ? this.#join(content as Part, buffers) : content;
  }

  #join({ transfer, index, count }: Part, [buffer]: readonly ArrayBufferView[]): Message | null {
    const fits = Number.isInteger(index) && index >= 0 && index < count;
    if (!fits || !buffer || count > LARGEST_MESSAGE_BYTES / PART_BYTES + 1) return null;
    const now = Date.now();
    for (const [name, { until }] of this.#transfers) {
      if (until < now) this.#transfers.delete(name);
    }
    const kept = this.#transfers.get(transfer) ?? { parts: new Map(), until: 0 };
    this.#transfers.set(transfer, kept);
    kept.until = now + PATIENCE_MS;
    // In some notebooks, a view into a larger buffer.
    kept.parts.set(index, new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    if (kept.parts.size < count) return null;
    this.#transfers.delete(transfer);
    const decoder = new TextDecoder();
    let text = "";
    for (let number = 0; number < count; number++) {
      text += decoder.decode(kept.parts.get(number), { stream: true });
    }
    const message: unknown = JSON.parse(text + decoder.decode());
    return isMessage(message) && message.kind !== "part" ? message : null;
  }
}

function isMessage(content: unknown): content is Message {
  return typeof content === "object" && content !== null && "kind" in content;
}

/** A unique name. `crypto.randomUUID` is missing in a notebook served without TLS. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
