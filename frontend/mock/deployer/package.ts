/** Stands in the place of `@tellr/deployer`. `?pace=1` in the page's address makes it as slow as reality. */
import { MockDeployer } from "./index.ts";

const QUICK = 0.12;

export default async function init(): Promise<void> {}

export class Deployer extends MockDeployer {
  constructor(_host: unknown) {
    const wanted = new URLSearchParams(globalThis.location.search).get("pace");
    super({ pace: wanted === null ? QUICK : Number(wanted) });
  }
}
