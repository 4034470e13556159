import { randomBytes, randomUUID } from "node:crypto";
import { createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { html, json } from "@tessera/testing/ground/test-osm.ts";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAuth } from "../start.ts";
import { proofKey, testBrowser } from "./testing/browser.ts";
import { BACKEND, CLIENT_ID, REDIRECT_URI, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
/** In what strangers send: no log and no answer repeats it. */
const CANARY = `canary-${randomBytes(9).toString("hex")}`;

let it: SignInSystem;
let auth: Awaited<ReturnType<typeof startAuth>>;
let connection: ReturnType<typeof connect>;
let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let log = "";
/** Bodies of answers that hand out nothing. */
let errors = "";
const secrets = new Set<string>();

beforeAll(async () => {
  pair = await generateKeyPair("EdDSA", { extractable: true });
  it = await signInSystem();
  const port = await freePort();
  const public_jwk = { ...(await exportJWK(pair.publicKey)) };
  const config = {
    ...it.system.config,
    KEYS_PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    SERVICE_ACCOUNTS: [{ client_id: "exporter", public_jwk, scopes: ["tasks:read"], may_act: true }],
  };
  const write = (line: string) => {
    log += line;
  };
  auth = await startAuth(config, createLog({ name: "auth", level: "debug", destination: { write } }));
  connection = connect(auth.address);
});

afterAll(async () => {
  connection.close();
  await auth.stop();
  await it.stop();
});

const keep = <T extends string>(secret: T): T => {
  secrets.add(secret);
  return secret;
};

async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(auth.httpUrl + path, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  if (!response.ok) errors += text;
  return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
}

/** A sign-in, all of whose secrets are kept. */
async function signIn() {
  const browser = testBrowser();
  const { verifier, challenge } = proofKey();
  const state = keep(randomBytes(16).toString("hex"));
  const query = {
    ...{ response_type: "code", client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, state },
    ...{ code_challenge: challenge, code_challenge_method: "S256" },
  };
  const left = await browser.get(`${auth.httpUrl}/oauth2/authorize?${new URLSearchParams(query)}`);
  keep(left.location?.searchParams.get("state") as string);
  for (const cookie of browser.cookies.values()) keep(cookie);
  const came = await browser.get(left.location?.href as string);
  const back = await browser.get(came.location?.href as string);
  const again = await browser.get(came.location?.href as string, { accept: "application/json" });
  errors += again.text;
  const code = back.location?.searchParams.get("code");
  return { code: code && keep(code), verifier: keep(verifier) };
}

async function tokens() {
  const { code, verifier } = await signIn();
  const form = { grant_type: "authorization_code", client_id: CLIENT_ID, redirect_uri: REDIRECT_URI };
  const answer = await post("/oauth2/token", { ...form, code: code ?? "", code_verifier: verifier });
  keep(answer.access_token as string);
  keep(answer.refresh_token as string);
  return { ...answer, form: { ...form, code: code ?? "", code_verifier: verifier } };
}

const assertion = async () =>
  keep(
    await new SignJWT({ iss: "exporter", sub: "exporter", aud: it.url, jti: randomUUID() })
      .setProtectedHeader({ alg: "EdDSA" })
      .setExpirationTime("1 minute")
      .sign(pair.privateKey),
  );
const asService = async () => ({
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: await assertion(),
});

async function everythingThatWorks() {
  const first = (await tokens()) as unknown as Record<"access_token" | "refresh_token", string>;
  const refresh = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: first.refresh_token };
  const next = await post("/oauth2/token", refresh);
  keep(next.access_token as string);
  keep(next.refresh_token as string);
  const headers = { authorization: `Bearer ${next.access_token}` };
  const { personalAccessToken } = await createClient(
    PersonalAccessTokenService,
    connection,
  ).createPersonalAccessToken(
    { requestId: randomUUID(), name: "script", scopes: ["account"], lifetime: { seconds: 86400n } },
    { headers },
  );
  keep(personalAccessToken);
  const exchange = { grant_type: EXCHANGE, subject_token_type: ACCESS_TOKEN };
  const short = await post("/oauth2/token", { ...exchange, subject_token: personalAccessToken });
  keep(short.access_token as string);
  const own = await post("/oauth2/token", { grant_type: "client_credentials", ...(await asService()) });
  keep(own.access_token as string);
  const acting = { ...exchange, subject_token: next.access_token as string, audience: "tessera:task" };
  keep((await post("/oauth2/token", { ...acting, ...(await asService()) })).access_token as string);
  await post("/oauth2/introspect", { token: next.access_token as string, ...(await asService()) });
  const rpc = createClient(AuthService, connection);
  const session = await rpc.createSession({ requestId: randomUUID(), name: "mapper-1" });
  keep(session.accessToken);
  keep(session.refreshToken);
  const refreshed = await rpc.refreshSession({ requestId: randomUUID(), refreshToken: session.refreshToken });
  keep(refreshed.accessToken);
  await post("/oauth2/revoke", { token: next.refresh_token as string, client_id: CLIENT_ID });
}

async function everythingThatFails() {
  const { form, refresh_token } = (await tokens()) as unknown as {
    form: Record<string, string>;
    refresh_token: string;
  };
  await post("/oauth2/token", form);
  await post("/oauth2/token", { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token });
  await post("/oauth2/token", { ...form, code: CANARY, code_verifier: CANARY });
  await post("/oauth2/token", { ...form, client_id: CANARY, client_secret: CANARY });
  await post("/oauth2/token", { ...form, grant_type: CANARY });
  await post("/oauth2/token", { grant_type: "client_credentials", ...(await asService()), scope: CANARY });
  await post("/oauth2/token", form, {
    authorization: `Basic ${keep(btoa(`${BACKEND.clientId}:${BACKEND.secret}x`.replace("ä", "")))}`,
  });
  await post("/oauth2/introspect", { token: CANARY, client_id: CANARY, client_secret: CANARY });
  await post("/oauth2/revoke", { token: CANARY, client_id: CANARY });
  for (const path of [
    `authorize?client_id=${CANARY}&redirect_uri=${CANARY}`,
    `callback?state=${CANARY}&code=${CANARY}`,
    CANARY,
  ]) {
    for (const accept of ["application/json", "text/html"]) {
      errors += (await testBrowser().get(`${auth.httpUrl}/oauth2/${path}`, { accept })).text;
    }
  }
  const rpc = createClient(TokenService, connection);
  const request = { requestId: randomUUID(), personalAccessToken: CANARY, clientAssertion: CANARY };
  for (const failing of [() => rpc.createKeyToken(request), () => rpc.createServiceToken(request)]) {
    errors += await failing().then(String, (error: Error) => `${error} ${JSON.stringify(error)}`);
  }
}

/** A provider that puts secrets into its errors, and a database that fails in the middle. */
async function everythingThatBreaks() {
  it.osm.trouble.token = (_, response) => json(response, 400, { error: CANARY, error_description: CANARY });
  await signIn();
  it.osm.trouble.token = (_, response) => json(response, 200, { access_token: CANARY, token_type: CANARY });
  await signIn();
  it.osm.trouble = {
    details: (_, response) => html(response.setHeader("www-authenticate", `Bearer x="${CANARY}"`), 401),
  };
  await signIn();
  it.osm.trouble = { details: (_, response) => json(response, 200, { user: { id: CANARY.repeat(50) } }) };
  await signIn();
  it.osm.trouble = {};
  const { sql } = it.system.database;
  const { code, verifier } = await signIn();
  for (const table of ["authorization_codes", "sessions", "users", "events"]) {
    await sql.unsafe(`alter table ${table} rename to moved`);
    await signIn();
    const form = { client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, code_verifier: verifier };
    await post("/oauth2/token", { grant_type: "authorization_code", code: code ?? "", ...form });
    await post("/oauth2/token", { grant_type: "client_credentials", ...(await asService()) });
    await sql.unsafe(`alter table moved rename to ${table}`);
  }
}

test("no secret is found in any line of log, nor in any answer that refuses", async () => {
  it.osm.user = { id: 1, display_name: "canary" };
  await everythingThatWorks();
  await everythingThatFails();
  await everythingThatBreaks();
  for (const secret of [...it.osm.secrets, it.osm.clientSecret, BACKEND.secret, CANARY]) keep(secret);
  keep(it.system.config.KEY_ENCRYPTION_SECRET.reveal());
  secrets.delete(undefined as never);
  expect(secrets.size).toBeGreaterThan(60);
  // The runs did what they should: there is something to search.
  expect(log.match(/"msg":"request failed with an internal error"/g)?.length).toBeGreaterThan(4);
  expect(log.match(/"msg":"request"/g)?.length).toBeGreaterThan(60);
  expect(errors.length).toBeGreaterThan(2_000);
  const found = [...secrets].filter((secret) => log.includes(secret) || errors.includes(secret));
  expect(found).toEqual([]);
  // The signature alone of a token is enough to know it again.
  const parts = [...secrets].filter((it) => it.startsWith("ey")).map((it) => it.split(".")[2] as string);
  expect(parts.filter((part) => log.includes(part) || errors.includes(part))).toEqual([]);
});
