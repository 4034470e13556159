import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { Secret } from "@tessera/runtime/secret.ts";
import Provider from "oidc-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import { proofKey, testBrowser } from "./testing/browser.ts";
import { codeForm, type SignInSystem, signInSystem } from "./testing/sign-in.ts";

const SECRET = "of a client of a real provider, 0123456789";
let it: SignInSystem;
let server: Server;
let issuer: string;

beforeAll(async () => {
  const port = await freePort();
  server = createServer((request, response) => listener(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "tessera",
        client_secret: SECRET,
        redirect_uris: [`http://127.0.0.1:${port}/oauth2/callback`],
        token_endpoint_auth_method: "client_secret_basic",
      },
    ],
    claims: { openid: ["sub"], profile: ["name"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Person ${id}` }) }),
    cookies: { keys: ["of the test"] },
  });
  provider.on("server_error", (_, error) => console.error(error));
  const listener = provider.callback();
  it = await signInSystem({
    KEYS_PORT: port,
    TOKEN_ISSUER: `http://127.0.0.1:${port}`,
    UPSTREAM_PROVIDER: "real",
    UPSTREAM_ISSUER: issuer,
    UPSTREAM_CLIENT_ID: "tessera",
    UPSTREAM_CLIENT_SECRET: new Secret(SECRET),
    UPSTREAM_CLIENT_AUTH: "basic",
    UPSTREAM_USER_URL: undefined as never,
    UPSTREAM_SCOPE: "openid profile",
    UPSTREAM_SUBJECT_PATH: "sub",
    UPSTREAM_NAME_PATH: "name",
  });
});

afterAll(async () => {
  await it.stop();
  server.closeAllConnections();
  server.close();
});

/**
 * Signs in at the provider as a person does: a name in a form, then consent. Returns the address to which the client
 * is redirected.
 */
async function signInAs(name: string, alter: (callback: URL) => void = () => {}) {
  const browser = testBrowser();
  const { verifier, challenge } = proofKey();
  const left = await browser.get(it.authorizeUrl({ code_challenge: challenge }));
  let at = left.location as URL;
  for (let steps = 0; steps < 12 && !at.href.startsWith(`${it.url}/`); steps++) {
    const page = await browser.get(at.href);
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
    const next =
      prompt === undefined
        ? page
        : await browser.post(at.href, {
            prompt,
            ...(prompt === "login" && { login: name, password: "any" }),
          });
    at = next.location as URL;
  }
  alter(at);
  return { back: await browser.get(at.href), verifier };
}

test("a person signs in with a real OpenID Connect provider, found by its issuer", async () => {
  const answer = await it.post("/oauth2/token", codeForm(await signInAs("ada")));
  expect(answer.status).toBe(200);
  const headers = { authorization: `Bearer ${answer.json.access_token}` };
  const { user } = await it.system.client.getCurrentUser({}, { headers });
  expect(user?.name).toBe("Person ada");
  const again = await it.post("/oauth2/token", codeForm(await signInAs("ada")));
  const other = await it.post("/oauth2/token", codeForm(await signInAs("grace")));
  const userOf = async (token: string) =>
    (await it.system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${token}` } })).user
      ?.userId;
  expect(await userOf(again.json.access_token)).toBe(user?.userId);
  expect(await userOf(other.json.access_token)).not.toBe(user?.userId);
  const rows = await it.system.database
    .sql`select identity_provider, subject from users where subject = 'ada'`;
  expect(rows).toEqual([{ identity_provider: "real", subject: "ada" }]);
});

test("its word about who answers is looked at: without it, or with another's, nobody is let in", async () => {
  const missing = await signInAs("ada", (callback) => callback.searchParams.delete("iss"));
  const another = await signInAs("ada", (callback) => callback.searchParams.set("iss", "https://evil.test"));
  for (const { back } of [missing, another]) {
    expect(back.location?.searchParams.get("error")).toBe("server_error");
  }
});

test("a code of another sign-in is refused by the provider, since PKCE ties it to its own", async () => {
  let stolen = "";
  await signInAs("mallory", (callback) => {
    stolen = callback.searchParams.get("code") as string;
    callback.searchParams.set("state", "x".repeat(43));
  });
  const { back } = await signInAs("ada", (callback) => callback.searchParams.set("code", stolen));
  expect(back.location?.searchParams.get("error_uri")).toMatch(/upstream-refused$/);
});
