/**
 * Databricks' driver for Lakebase and node-postgres, unchanged, against a database of the local workspace.
 *
 * The workspace's clock is one that a token of this moment expires on in seconds, by Node's own clock: so the
 * driver has to mint another one for the next connection.
 */
import assert from "node:assert/strict";
import { createLakebasePool } from "@databricks/lakebase";
import pg from "pg";

const { LOCAL_CONTROL, DATABRICKS_HOST, DATABRICKS_TOKEN, LAKEBASE_ENDPOINT } = process.env;
const { PGHOST, PGUSER, PGDATABASE } = process.env;
const HOUR_MS = 3_600_000;

async function ask(url, { body, token } = {}) {
  const answer = await fetch(url, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  assert.ok(answer.ok, `${url}: ${answer.status}`);
  return answer.json();
}

const passAnHour = () => ask(`${LOCAL_CONTROL}/clock`, { body: { advance_ms: HOUR_MS } });

async function minted() {
  const { entries } = await ask(`${LOCAL_CONTROL}/journal`);
  return entries.filter(({ path }) => path === "/api/2.0/postgres/credentials").length;
}

async function mint() {
  const url = `${DATABRICKS_HOST}/api/2.0/postgres/credentials`;
  const body = { endpoint: LAKEBASE_ENDPOINT };
  return (await ask(url, { body, token: DATABRICKS_TOKEN })).token;
}

/** Connects with node-postgres and a verified certificate; who the database says it is. */
async function whoIs(password, settings = {}) {
  const client = new pg.Client({
    host: PGHOST,
    user: PGUSER,
    database: PGDATABASE,
    password,
    ssl: { rejectUnauthorized: true },
    ...settings,
  });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT current_user AS who");
    return rows[0].who;
  } finally {
    await client.end();
  }
}

// Databricks' driver: its settings come from the environment, as in an app.
const pool = createLakebasePool({ max: 1, idleTimeoutMillis: 1 });
const query = "SELECT current_user AS who";
assert.equal((await pool.query(query)).rows[0].who, PGUSER);
const first = await minted();
assert.equal(first, 1);
// An open connection outlives its token; the next one needs another.
const held = await pool.connect();
await passAnHour();
assert.equal((await held.query("SELECT 1 AS one")).rows[0].one, 1);
held.release(true);
assert.equal((await pool.query(query)).rows[0].who, PGUSER);
assert.ok((await minted()) > first, "the driver renewed its token");
await pool.end();

// node-postgres with a token of one's own.
const token = await mint();
assert.equal(await whoIs(token), PGUSER);
await assert.rejects(whoIs("made-up"), { code: "28P01" });
await assert.rejects(whoIs(token, { user: "mallory@example.com" }), { code: "28P01" });
await passAnHour();
await assert.rejects(whoIs(token), { code: "28P01" }, "it has expired");

// Verified means verified: by the authority, and by the name.
const fresh = await mint();
await assert.rejects(whoIs(fresh, { ssl: { rejectUnauthorized: true, ca: [] } }), /certificate/);
await assert.rejects(whoIs(fresh, { host: "ep-another.database.localhost" }));
await assert.rejects(whoIs(fresh, { ssl: false }), { code: "28000" });
assert.equal(await whoIs(fresh), PGUSER);
process.stdout.write("all said\n");
