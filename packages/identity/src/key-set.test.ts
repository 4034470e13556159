import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Code } from "@connectrpc/connect";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { verifyAccessToken } from "./access-token.ts";
import { type KeySet, keySet, keyUrls } from "./key-set.ts";

const ISSUER = "https://auth.test";
const log = pino({ level: "silent" });
/** A port on which nothing listens. */
const NOWHERE = "http://127.0.0.1:1/jwks.json";

interface Signer {
  kid: string;
  jwk: JWK;
  token(userId?: string): Promise<string>;
}

/** A server of keys that the test plays. */
interface KeyServer {
  url: string;
  keys: JWK[];
  asked: number;
  /** Takes requests and answers none. */
  isSilent: boolean;
  stop(): Promise<void>;
}

const opened: (() => unknown)[] = [];
let one: KeyServer;
let other: KeyServer;

beforeEach(async () => {
  [one, other] = [await serveKeys(), await serveKeys()];
});

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function serveKeys(): Promise<KeyServer> {
  const http: Server = createServer((_, response) => {
    server.asked += 1;
    if (!server.isSilent) response.end(JSON.stringify({ keys: server.keys }));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const stop = async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks.json`;
  const server: KeyServer = { url, keys: [], asked: 0, isSilent: false, stop };
  opened.push(stop);
  return server;
}

async function signer(kid: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const claims = { sid: "s", client_id: "c", scope: "account", ver: 1 };
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid },
    token: (userId = "7") =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
        .setIssuer(ISSUER)
        .setSubject(userId)
        .setAudience("tessera")
        .setJti("j")
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(privateKey),
  };
}

function open(...urls: string[]): { set: KeySet; who: (token: string) => Promise<bigint> } {
  const set = keySet(urls, log);
  opened.push(() => set.stop());
  const verify = verifyAccessToken({ issuer: ISSUER, keys: set.keys, service: "task" });
  return { set, who: async (token) => (await verify(token)).userId };
}

test.each(["before", "behind"])("a URL that is down, %s one that is there, stops nobody", async (place) => {
  const key = await signer("k1");
  one.keys = [key.jwk];
  const { set, who } = open(...(place === "before" ? [NOWHERE, one.url] : [one.url, NOWHERE]));
  await set.ready();
  expect(await who(await key.token())).toBe(7n);
  await expect(who(await (await signer("unknown")).token())).rejects.toThrow(/token/i);
});

test("a URL that takes requests and answers none stops nobody", async () => {
  const key = await signer("k1");
  one.isSilent = true;
  other.keys = [key.jwk];
  const { who } = open(one.url, other.url);
  expect(await who(await key.token())).toBe(7n);
  expect(one.asked).toBeGreaterThan(0);
});

test("keys of all URLs are taken; of two keys with one name, that of the first URL", async () => {
  const [first, second] = [await signer("k1"), await signer("k2")];
  const [same, different] = [await signer("k3"), await signer("k3")];
  one.keys = [first.jwk, same.jwk];
  other.keys = [second.jwk, different.jwk];
  const { who } = open(one.url, other.url);
  // Both are known once each was needed.
  for (const key of [first, second]) expect(await who(await key.token())).toBe(7n);
  expect(await who(await same.token())).toBe(7n);
  await expect(who(await different.token())).rejects.toThrow();
});

test("a key that only one URL has by now is found there, and a URL that stopped keeps its keys", async () => {
  const [old, fresh] = [await signer("old"), await signer("new")];
  one.keys = [old.jwk];
  other.keys = [old.jwk];
  const { who } = open(one.url, other.url);
  expect(await who(await old.token())).toBe(7n);
  await one.stop();
  other.keys = [old.jwk, fresh.jwk];
  const token = await fresh.token("8");
  await vi.waitFor(async () => expect(await who(token)).toBe(8n), 60_000);
  expect(await who(await old.token("9"))).toBe(9n);
});

test("without the keys of any URL no caller is refused for an invalid token", async () => {
  const { set, who } = open(NOWHERE, "http://127.0.0.1:2/jwks.json");
  await expect(set.ready()).rejects.toThrow();
  const token = await (await signer("k1")).token();
  await expect(who(token)).rejects.toMatchObject({ code: Code.Unavailable });
});

test.each([
  ["http://auth:8081/jwks.json", ["http://auth:8081/jwks.json"]],
  ["http://a/jwks , https://b/jwks,http://a/jwks", ["http://a/jwks", "https://b/jwks"]],
])("JWKS_URL %j", (text, urls) => {
  expect(keyUrls.parse(text)).toEqual(urls);
});

test.each(["", "auth", "auth:50051", "http://a/jwks,", "http://a/jwks,ftp://b/jwks"])(
  "JWKS_URL is not %j",
  (text) => {
    expect(keyUrls.safeParse(text).error?.issues[0]?.message).toMatch(/^must be absolute URLs/);
  },
);
