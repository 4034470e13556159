import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { type TestOsm, testOsm } from "@tessera/testing/ground/test-osm.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { afterAll, beforeAll, expect, test } from "vitest";

const TOOL = fileURLToPath(new URL("../bin/tessera.js", import.meta.url));
/** A sign-in leads through the provider and back: four redirects. */
const REDIRECTS_MAX = 6;

let system: TestSystem;
let osm: TestOsm;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tessera-sign-in-"));
  const port = await freePort();
  osm = await testOsm();
  system = await testSystem({
    HTTP_PORT: String(port),
    TOKEN_ISSUER: `http://127.0.0.1:${port}`,
    OAUTH_CLIENTS: JSON.stringify([
      { client_id: "tessera-cli", redirect_uris: ["http://127.0.0.1/callback"] },
    ]),
    UPSTREAM_CLIENT_ID: osm.clientId,
    UPSTREAM_CLIENT_SECRET: osm.clientSecret,
    UPSTREAM_AUTHORIZATION_URL: `${osm.url}/oauth2/authorize`,
    UPSTREAM_TOKEN_URL: `${osm.url}/oauth2/token`,
    UPSTREAM_USER_URL: `${osm.url}/api/0.6/user/details.json`,
  });
});

afterAll(async () => {
  await system?.stop();
  await osm?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Follows redirects as a browser does that has no page to show before the last one. Returns the last page. */
async function browse(first: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = first;
  for (let hop = 0; hop < REDIRECTS_MAX; hop++) {
    const cookie = cookies.get(new URL(url).origin) ?? "";
    const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
    const set = answer.headers.getSetCookie().map((it) => it.split(";", 1)[0]);
    if (set.length > 0) cookies.set(new URL(url).origin, set.join("; "));
    const location = answer.headers.get("location");
    if (location === null) return answer.text();
    url = new URL(location, url).href;
  }
  throw new Error(`more than ${REDIRECTS_MAX} redirects`);
}

test("a person signs in with a browser, and the tool keeps the session", async () => {
  osm.user = { id: 7, display_name: "Ada" };
  const env = { ...process.env, TESSERA_URL: system.url, TESSERA_CONFIG_DIR: folder };
  const tool = spawn(process.execPath, [TOOL, "sign-in", "--no-open"], { env });
  const output: Buffer[] = [];
  tool.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  const lines = createInterface({ input: tool.stderr })[Symbol.asyncIterator]();
  await lines.next();
  const url = String((await lines.next()).value).trim();
  const { searchParams } = new URL(url);
  const redirectUri = searchParams.get("redirect_uri") ?? "";

  // A request without the state of this sign-in does not end it.
  expect((await fetch(`${redirectUri}?code=x&state=y`)).status).toBe(404);
  const [page, [code]] = await Promise.all([browse(url), once(tool, "exit")]);
  expect(page).toContain("You are signed in");
  expect(code).toBe(0);
  expect(Buffer.concat(output).toString()).toContain("Ada");
  const { sessions } = JSON.parse(readFileSync(join(folder, "sessions.json"), "utf8"));
  expect(sessions[system.url].refreshToken).not.toBe("");
});

test("a sign-in that is refused ends in words, and nothing is kept", async () => {
  const other = join(folder, "other");
  const env = { ...process.env, TESSERA_URL: system.url, TESSERA_CONFIG_DIR: other };
  const tool = spawn(process.execPath, [TOOL, "sign-in", "--no-open"], { env });
  const lines = createInterface({ input: tool.stderr })[Symbol.asyncIterator]();
  await lines.next();
  const { searchParams } = new URL(String((await lines.next()).value).trim());
  const back = new URLSearchParams({
    error: "access_denied",
    state: searchParams.get("state") ?? "",
    iss: system.url,
  });
  const [answer, [code]] = await Promise.all([
    fetch(`${searchParams.get("redirect_uri")}?${back}`).then((it) => it.text()),
    once(tool, "exit"),
  ]);
  expect(answer).toContain("Not signed in");
  expect(code).toBe(1);
  expect((await lines.next()).value).toContain("Signing in was refused");
  expect(() => readFileSync(join(other, "sessions.json"))).toThrow("ENOENT");
});
