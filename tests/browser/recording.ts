/**
 * A short video of a page, for people who want to see what a test did.
 *
 * Playwright's own recording needs a program of its own that is downloaded. Here the frames come from the browser
 * (`page.screencast`), the browser encodes them as VP8, and a minimal WebM file is written around that. Waits are cut
 * short, and the file differs from run to run: nothing is compared with it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Page } from "@playwright/test";

/** How long a frame is shown: of several within the shorter time the last one counts. */
const SHORTEST_MS = 250;
const LONGEST_MS = 700;
const SIZE = { width: 1280, height: 800 };
/** A cluster's frames are within 32 s of its begin. */
const CLUSTER_MS = 10_000;

interface Frame {
  jpeg: Buffer;
  at: number;
}
interface Encoded {
  data: string;
  at: number;
  isKey: boolean;
}

/** Records `page` until the returned function is called, which writes the file. */
export async function record(page: Page, file: string): Promise<() => Promise<void>> {
  const frames: Frame[] = [];
  await page.screencast.start({
    size: SIZE,
    quality: 80,
    onFrame: ({ data, timestamp }) => {
      const last = frames.at(-1);
      if (last && timestamp - last.at < SHORTEST_MS) last.jpeg = data;
      else frames.push({ jpeg: data, at: timestamp });
    },
  });
  return async () => {
    await page.screencast.stop();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, webm(await encoded(page, shortened(frames))));
  };
}

/** The frames from 0 on, without long waits. */
function shortened(frames: readonly Frame[]): Frame[] {
  let at = 0;
  return frames.map((frame, index) => {
    at +=
      index === 0 ? 0 : Math.min(LONGEST_MS, Math.max(1, frame.at - (frames[index - 1]?.at ?? 0)));
    return { jpeg: frame.jpeg, at: Math.round(at) };
  });
}

/** Encodes the frames in a page, of which nothing but the browser is used. */
async function encoded(page: Page, frames: readonly Frame[]): Promise<Encoded[]> {
  await page.evaluate(({ width, height }) => {
    const chunks: Encoded[] = [];
    const encoder = new VideoEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        chunks.push({ data, at: Math.round(chunk.timestamp / 1000), isKey: chunk.type === "key" });
      },
      error: (error) => {
        throw error;
      },
    });
    encoder.configure({ codec: "vp8", width, height, bitrate: 2_000_000, latencyMode: "realtime" });
    Object.assign(window, { recording: { encoder, chunks } });
  }, SIZE);
  let cluster = Number.NEGATIVE_INFINITY;
  for (const { jpeg, at } of frames) {
    const keyFrame = at - cluster >= CLUSTER_MS;
    if (keyFrame) cluster = at;
    await page.evaluate(
      async ({ data, at, keyFrame, size }) => {
        const { encoder } = (window as unknown as { recording: { encoder: VideoEncoder } })
          .recording;
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
        const canvas = new OffscreenCanvas(size.width, size.height);
        canvas.getContext("2d")?.drawImage(picture, 0, 0, size.width, size.height);
        const frame = new VideoFrame(canvas, { timestamp: at * 1000 });
        encoder.encode(frame, { keyFrame });
        frame.close();
      },
      { data: jpeg.toString("base64"), at, keyFrame, size: SIZE },
    );
  }
  return page.evaluate(async () => {
    const { recording } = window as unknown as {
      recording: { encoder: VideoEncoder; chunks: Encoded[] };
    };
    await recording.encoder.flush();
    return recording.chunks;
  });
}

/** A WebM file with one VP8 track. */
function webm(frames: readonly Encoded[]): Buffer {
  const clusters: Buffer[] = [];
  let begin = 0;
  let blocks: Buffer[] = [];
  const close = () => {
    if (blocks.length > 0) clusters.push(element("1F43B675", number("E7", begin), ...blocks));
    blocks = [];
  };
  for (const { data, at, isKey } of frames) {
    if (isKey) {
      close();
      begin = at;
    }
    const head = Buffer.from([0x81, 0, 0, isKey ? 0x80 : 0]);
    head.writeInt16BE(at - begin, 1);
    blocks.push(element("A3", head, Buffer.from(data, "base64")));
  }
  close();
  const duration = Buffer.alloc(8);
  duration.writeDoubleBE((frames.at(-1)?.at ?? 0) + LONGEST_MS);
  const video = element("E0", number("B0", SIZE.width), number("BA", SIZE.height));
  const track = [number("D7", 1), number("73C5", 1), number("83", 1), text("86", "V_VP8"), video];
  const info = [number("2AD7B1", 1_000_000), text("4D80", "tellr"), text("5741", "tellr")];
  return Buffer.concat([
    element("1A45DFA3", text("4282", "webm"), number("4287", 2), number("4285", 2)),
    element(
      "18538067",
      element("1549A966", ...info, element("4489", duration)),
      element("1654AE6B", element("AE", ...track)),
      ...clusters,
    ),
  ]);
}

/** An element of the container: its id, the length in eight bytes, the content. */
function element(id: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, "hex"), length, body]);
}

function number(id: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return element(id, bytes);
}

function text(id: string, value: string): Buffer {
  return element(id, Buffer.from(value));
}
