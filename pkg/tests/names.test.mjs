// Names of people and folders with marks that mean something in an address: what the page's module as it is shipped
// asks of the server beside it names them as they are.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { Deployer, initSync } from "../deployer.js";

initSync({ module: readFileSync(join(resolve(import.meta.dirname, ".."), "deployer_bg.wasm")) });

const GUEST = "o'neil+x_contoso.com#EXT#@contoso.example";
const answer = (status, body) => new Response(JSON.stringify(body), { status });

/** Every address that a status asks for, of the app in `folder`, or in the caller's own where there is none. */
async function asked(t, folder) {
  const addresses = [];
  t.mock.method(globalThis, "fetch", async (request) => {
    const url = new URL(request.url ?? request);
    addresses.push(url);
    return url.pathname.endsWith("/scim/v2/Me")
      ? answer(200, { userName: GUEST })
      : answer(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "There is none" });
  });
  const deployer = new Deployer({ kind: "fetch", baseUrl: "http://127.0.0.1:1" });
  await deployer.status({ app_name: "tellr", app_file_workspace_path: folder });
  return addresses;
}

for (const folder of [
  undefined,
  "/Workspace/Shared/100% o'neil's + #1 ü & b=c?/tellr",
  "/Workspace/Shared/%2E%2E/a%20b",
]) {
  test(`the files of ${folder ?? "a guest's own folder"}`, async (t) => {
    const addresses = await asked(t, folder);
    const paths = addresses
      .filter(({ pathname }) => pathname.endsWith("/api/2.0/workspace/export"))
      .map(({ searchParams }) => searchParams.get("path"));
    const place = folder ?? `/Workspace/Users/${GUEST}/.apps/tellr`;
    for (const name of ["app.yaml", "requirements.txt", ".tellr/deployment.json"]) {
      assert.ok(paths.includes(`${place}/${name}`), `${name}: ${paths}`);
    }
    assert.ok(
      addresses.every(({ hash }) => hash === ""),
      "a mark begins no fragment",
    );
  });
}
