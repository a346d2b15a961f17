/** The engine of the app, loaded when a slide is first shown. */
import type { Engine } from "./engine";

export async function loadEngine(): Promise<Engine> {
  const { loadEngine } = await import("./wasm");
  return loadEngine();
}
