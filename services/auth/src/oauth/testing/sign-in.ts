import { hash } from "node:crypto";
import { freePort } from "@tessera/embedded-postgres/free-port.ts";
import { Secret } from "@tessera/runtime/secret.ts";
import { type TestOsm, testOsm } from "@tessera/testing/ground/test-osm.ts";
import type { AuthConfig } from "../../config.ts";
import { type TestSystem, testSystem } from "../../testing/system.ts";
import { clientsSetting } from "../client.ts";
import { proofKey, type TestBrowser, testBrowser, type Visit } from "./browser.ts";

/** Where the client of the tests is answered; nobody listens there. */
export const REDIRECT_URI = "https://app.test/callback";
export const CLIENT_ID = "app";
/** A client with a secret of its own. */
export const BACKEND = { clientId: "backend", secret: "s3cr3t of the backend: + % ä" };

/** An auth service whose people come from an imitation of OpenStreetMap. */
export interface SignInSystem {
  system: TestSystem;
  osm: TestOsm;
  url: string;
  /** What a client asks for, unless a test says otherwise; undefined leaves a parameter out. */
  authorizeUrl(changes?: Record<string, string | undefined>): string;
  /** A whole sign-in: where the client is answered, and what proves it there. */
  signIn(browser?: TestBrowser, changes?: Record<string, string>): Promise<{ back: Visit; verifier: string }>;
  post(
    path: string,
    form: Record<string, string> | string,
    headers?: Record<string, string>,
  ): Promise<Posted>;
  stop(): Promise<void>;
}

export interface Posted {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of JSON is for the test to say
  json: any;
  text: string;
}

export async function signInSystem(changes: Partial<AuthConfig> = {}): Promise<SignInSystem> {
  const osm = await testOsm();
  const port = changes.KEYS_PORT ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const system = await testSystem({
    KEYS_PORT: port,
    TOKEN_ISSUER: url,
    OAUTH_CLIENTS: testClients(),
    UPSTREAM_CLIENT_ID: osm.clientId,
    UPSTREAM_CLIENT_SECRET: new Secret(osm.clientSecret),
    UPSTREAM_AUTHORIZATION_URL: `${osm.url}/oauth2/authorize`,
    UPSTREAM_TOKEN_URL: `${osm.url}/oauth2/token`,
    UPSTREAM_USER_URL: `${osm.url}/api/0.6/user/details.json`,
    ...changes,
  });
  const authorizeUrl: SignInSystem["authorizeUrl"] = (its = {}) => {
    const usual = {
      response_type: "code",
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      state: "of the client",
      code_challenge: proofKey().challenge,
      code_challenge_method: "S256",
    };
    const given = Object.entries({ ...usual, ...its }).filter(
      (it): it is [string, string] => it[1] !== undefined,
    );
    return `${url}/oauth2/authorize?${new URLSearchParams(given)}`;
  };
  return {
    system,
    osm,
    url,
    authorizeUrl,
    async signIn(browser = testBrowser(), its = {}) {
      const { verifier, challenge } = proofKey();
      const left = await browser.get(authorizeUrl({ code_challenge: challenge, ...its }));
      const came = await browser.get((left.location as URL).href);
      return { back: await browser.get((came.location as URL).href), verifier };
    },
    async post(path, form, headers = {}) {
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: typeof form === "string" ? form : new URLSearchParams(form),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: text ? JSON.parse(text) : undefined,
      };
    },
    stop: async () => {
      await system.stop();
      await osm.stop();
    },
  };
}

export function testClients(): AuthConfig["OAUTH_CLIENTS"] {
  return clientsSetting.parse(
    JSON.stringify([
      {
        client_id: CLIENT_ID,
        redirect_uris: [REDIRECT_URI, "http://127.0.0.1/back", "https://app.test/with?one=1"],
      },
      {
        client_id: BACKEND.clientId,
        redirect_uris: ["https://backend.test/callback"],
        scopes: ["account", "tasks:read"],
        client_secret_sha256: hash("sha256", BACKEND.secret),
      },
    ]),
  );
}

/** What the client presents after a sign-in. */
export function codeForm({ back, verifier }: { back: Visit; verifier: string }): Record<string, string> {
  return {
    grant_type: "authorization_code",
    client_id: CLIENT_ID,
    code: back.location?.searchParams.get("code") ?? "",
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  };
}
