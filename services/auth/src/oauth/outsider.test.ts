import { randomUUID } from "node:crypto";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { exportJWK, generateKeyPair } from "jose";
import * as client from "openid-client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testBrowser } from "./testing/browser.ts";
import { BACKEND, CLIENT_ID, REDIRECT_URI, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

let it: SignInSystem;
let pair: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  pair = await generateKeyPair("ES256", { extractable: true });
  const public_jwk = { ...(await exportJWK(pair.publicKey)) };
  it = await signInSystem({
    SERVICE_ACCOUNTS: [
      { client_id: "exporter", public_jwk, scopes: ["services", "tasks:read", "account"], may_act: true },
      { client_id: "project", public_jwk, scopes: ["services", "tasks:read", "account"], may_act: true },
      { client_id: "unscoped", public_jwk, scopes: ["tasks:read", "account"], may_act: true },
    ],
  });
});

beforeEach(() => {
  it.osm.user = { id: 1, display_name: "outsider" };
});

afterAll(() => it.stop());

/** What openid-client finds out about us by itself, knowing our issuer and nothing else. */
async function discovered(clientId: string, proof: client.ClientAuth) {
  return client.discovery(new URL(it.url), clientId, undefined, proof, {
    algorithm: "oauth2",
    execute: [client.allowInsecureRequests],
  });
}

/** A sign-in as openid-client does it. */
async function signedIn(config: client.Configuration, redirect_uri = REDIRECT_URI) {
  const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: "account tasks:read",
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const browser = testBrowser();
  const left = await browser.get(url.href);
  const came = await browser.get(left.location?.href as string);
  const { location } = await browser.get(came.location?.href as string);
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  return { location: location as URL, checks };
}

const userOf = (token: string) =>
  it.system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${token}` } });
const asService = () => discovered("exporter", client.PrivateKeyJwt(pair.privateKey));

test("a client that knows only our issuer signs a person in, refreshes, and signs out", async () => {
  const config = await discovered(CLIENT_ID, client.None());
  expect(config.serverMetadata().supportsPKCE()).toBe(true);
  const { location, checks } = await signedIn(config);
  const tokens = await client.authorizationCodeGrant(config, location, checks);
  expect(tokens.scope).toBe("account tasks:read");
  expect((await userOf(tokens.access_token)).user?.name).toBe("outsider");
  const next = await client.refreshTokenGrant(config, tokens.refresh_token as string);
  expect((await userOf(next.access_token)).user?.name).toBe("outsider");
  await client.tokenRevocation(config, next.refresh_token as string);
  await expect(userOf(next.access_token)).rejects.toThrow("revoked");
  await expect(client.refreshTokenGrant(config, next.refresh_token as string)).rejects.toMatchObject({
    error: "invalid_grant",
  });
});

test("it refuses an answer whose issuer was changed on the way (RFC 9207), as required", async () => {
  const config = await discovered(CLIENT_ID, client.None());
  const { location, checks } = await signedIn(config);
  location.searchParams.set("iss", "https://evil.test");
  await expect(client.authorizationCodeGrant(config, location, checks)).rejects.toThrow();
  location.searchParams.delete("iss");
  await expect(client.authorizationCodeGrant(config, location, checks)).rejects.toThrow();
});

test.each([
  ["in the header", () => client.ClientSecretBasic(BACKEND.secret)],
  ["in the form", () => client.ClientSecretPost(BACKEND.secret)],
])("a client with a secret proves it %s, and may look into tokens", async (_, proof) => {
  const config = await discovered(BACKEND.clientId, proof());
  const { location, checks } = await signedIn(config, "https://backend.test/callback");
  const tokens = await client.authorizationCodeGrant(config, location, checks);
  const access = await client.tokenIntrospection(config, tokens.access_token);
  expect(access).toMatchObject({
    active: true,
    client_id: BACKEND.clientId,
    token_type: "Bearer",
    scope: "account tasks:read",
    iss: it.url,
    aud: "tessera",
  });
  expect((access.exp ?? 0) - (access.iat ?? 0)).toBe(600);
  expect(await client.tokenIntrospection(config, tokens.refresh_token as string)).toMatchObject({
    active: true,
  });
  await client.tokenRevocation(config, tokens.access_token);
  for (const token of [tokens.access_token, tokens.refresh_token as string, "none of ours", ""]) {
    if (token !== "") expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
  }
});

test("a service gets a token of its own by its key, looks into a person's, and acts for the person", async () => {
  const app = await discovered(CLIENT_ID, client.None());
  const { location, checks } = await signedIn(app);
  const person = await client.authorizationCodeGrant(app, location, checks);
  const service = await asService();
  const own = await client.clientCredentialsGrant(service, { scope: "tasks:read" });
  expect(own).toMatchObject({ token_type: "bearer", scope: "tasks:read" });
  expect(own.refresh_token).toBeUndefined();
  const { sub } = await client.tokenIntrospection(service, person.access_token);
  expect(await client.tokenIntrospection(service, person.refresh_token as string)).toEqual({ active: false });
  const asking = {
    subject_token: person.access_token,
    subject_token_type: ACCESS_TOKEN,
    audience: "tessera:auth",
  };
  const acting = await client.genericGrantRequest(service, EXCHANGE, asking);
  expect(acting.issued_token_type).toBe(ACCESS_TOKEN);
  expect(String((await userOf(acting.access_token)).user?.userId)).toBe(sub);
  const looked = await client.tokenIntrospection(service, acting.access_token);
  expect(looked).toMatchObject({ act: { sub: "exporter" }, aud: "tessera:auth", sub });
  const wrong = [
    [{ audience: "tessera:nowhere" }, "invalid_target"],
    [{ audience: "" }, "invalid_target"],
    [{ subject_token: acting.access_token }, "invalid_request"],
    [{ subject_token: "none of ours" }, "invalid_request"],
    [{ subject_token_type: "urn:ietf:params:oauth:token-type:jwt" }, "invalid_request"],
    [{ scope: "projects:write" }, "invalid_scope"],
  ] as const;
  for (const [changes, error] of wrong) {
    const asked = client.genericGrantRequest(service, EXCHANGE, { ...asking, ...changes });
    await expect(asked).rejects.toMatchObject({ error });
  }
  await expect(client.tokenRevocation(service, acting.access_token)).rejects.toMatchObject({
    error: "unsupported_token_type",
  });
  await expect(client.tokenRevocation(service, person.access_token)).rejects.toMatchObject({
    error: "unauthorized_client",
  });
  await userOf(person.access_token);
});

test("introspection names every service that acts by a token, each within the one that acts for it", async () => {
  const app = await discovered(CLIENT_ID, client.None());
  const { location, checks } = await signedIn(app);
  const person = await client.authorizationCodeGrant(app, location, checks);
  const exchange = async (clientId: string, subject_token: string, audience: string) => {
    const service = await discovered(clientId, client.PrivateKeyJwt(pair.privateKey));
    const asking = { subject_token, subject_token_type: ACCESS_TOKEN, audience };
    const { access_token } = await client.genericGrantRequest(service, EXCHANGE, asking);
    return { token: access_token, looked: await client.tokenIntrospection(service, access_token) };
  };
  const first = await exchange("exporter", person.access_token, "tessera:project");
  expect(first.looked.act).toEqual({ sub: "exporter" });
  const second = await exchange("project", first.token, "tessera:task");
  expect(second.looked).toMatchObject({ active: true, aud: "tessera:task" });
  expect(second.looked.act).toEqual({ sub: "project", act: { sub: "exporter" } });
});

test("an account without the scope that ExchangeToken demands acts for nobody at this door either", async () => {
  const app = await discovered(CLIENT_ID, client.None());
  const { location, checks } = await signedIn(app);
  const { access_token: subject_token } = await client.authorizationCodeGrant(app, location, checks);
  const service = await discovered("unscoped", client.PrivateKeyJwt(pair.privateKey));
  const asking = { subject_token, subject_token_type: ACCESS_TOKEN, audience: "tessera:auth" };
  const asked = client.genericGrantRequest(service, EXCHANGE, asking);
  await expect(asked).rejects.toMatchObject({ error: "unauthorized_client" });
});

test.each(["EdDSA", "Ed25519", "ES256", "RS256", "PS256"])(
  "a service proves itself by a key of %s, for one audience or a list of them",
  async (algorithm) => {
    const own = await generateKeyPair(algorithm, { extractable: true });
    const public_jwk = { ...(await exportJWK(own.publicKey)) };
    const account = { client_id: "signer", public_jwk, scopes: ["tasks:read"], may_act: false };
    const replica = await it.system.start({
      SERVICE_ACCOUNTS: [...it.system.config.SERVICE_ACCOUNTS, account],
      KEYS_PORT: 0,
    });
    for (const audiences of [it.url, [it.url, `${it.url}/oauth2/token`]]) {
      const proof = client.PrivateKeyJwt(own.privateKey, {
        [client.modifyAssertion]: (_header, payload) => {
          payload.aud = audiences;
        },
      });
      const config = await discovered("signer", proof);
      expect(config.serverMetadata().token_endpoint_auth_signing_alg_values_supported).toContain(algorithm);
      expect((await client.clientCredentialsGrant(config)).scope).toBe("tasks:read");
    }
    await replica.stop();
  },
);

test("a key that is not the service's proves nothing, nor does an assertion that was used", async () => {
  const stranger = await generateKeyPair("ES256");
  const config = await discovered("exporter", client.PrivateKeyJwt(stranger.privateKey));
  await expect(client.clientCredentialsGrant(config)).rejects.toMatchObject({ error: "invalid_client" });
  let used = new URLSearchParams();
  const service = await asService();
  service[client.customFetch] = (url, options) => {
    if (options.body instanceof URLSearchParams) used = options.body;
    return fetch(url, options as RequestInit);
  };
  await client.clientCredentialsGrant(service);
  const again = await it.post("/oauth2/token", String(used));
  expect([again.status, again.json.error]).toEqual([401, "invalid_client"]);
  const public_ = await discovered(CLIENT_ID, client.None());
  await expect(client.clientCredentialsGrant(public_)).rejects.toMatchObject({
    error: "unauthorized_client",
  });
  await expect(client.tokenIntrospection(public_, "x")).rejects.toMatchObject({ error: "invalid_client" });
});

test("an assertion may be made for the token endpoint, as RFC 7523 has it, but not for another server", async () => {
  for (const [aud, expected] of [
    [`${it.url}/oauth2/token`, 200],
    ["https://evil.test", 401],
  ] as const) {
    const proof = client.PrivateKeyJwt(pair.privateKey, {
      [client.modifyAssertion]: (_header, payload) => {
        payload.aud = aud;
      },
    });
    const asked = client.clientCredentialsGrant(await discovered("exporter", proof));
    const status = await asked.then(
      () => 200,
      (error: { status?: number }) => error.status,
    );
    expect(status).toBe(expected);
  }
});

test("a personal access token is exchanged by its bearer", async () => {
  const app = await discovered(CLIENT_ID, client.None());
  const { location, checks } = await signedIn(app);
  const { access_token } = await client.authorizationCodeGrant(app, location, checks);
  const headers = { authorization: `Bearer ${access_token}` };
  const request = {
    requestId: randomUUID(),
    name: "script",
    scopes: ["account"],
    lifetime: { seconds: 86400n },
  };
  const { personalAccessToken: made } = await it.system
    .clientOf(PersonalAccessTokenService)
    .createPersonalAccessToken(request, { headers });
  const form = { grant_type: EXCHANGE, subject_token_type: ACCESS_TOKEN };
  const answer = await it.post("/oauth2/token", { ...form, subject_token: made });
  expect(answer.json).toMatchObject({ scope: "account", issued_token_type: ACCESS_TOKEN });
  expect((await userOf(answer.json.access_token)).user?.name).toBe("outsider");
  const changed = `${made.slice(0, -1)}${made.endsWith("0") ? "1" : "0"}`;
  expect((await it.post("/oauth2/token", { ...form, subject_token: changed })).status).toBe(400);
});

test("the metadata names the issuer, and what is reached by the public URL", async () => {
  const other = await signInSystem({
    TOKEN_ISSUER: "http://127.0.0.1:1/tessera",
    PUBLIC_URL: "https://tessera.test/base/",
  });
  for (const path of ["", "/tessera"]) {
    const metadata = await (await fetch(`${other.url}/.well-known/oauth-authorization-server${path}`)).json();
    expect(metadata).toMatchObject({
      issuer: "http://127.0.0.1:1/tessera",
      token_endpoint: "https://tessera.test/base/oauth2/token",
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    });
  }
  await other.stop();
});
