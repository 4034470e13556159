import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "./open-store.ts";
import { type KeyRing, keyRing } from "./signing-keys/key-ring.ts";
import { refusalOf, silent, type TestSystem, testSystem } from "./testing/system.ts";

let system: TestSystem;
let keys: KeyRing;
let good: string;
let requestsOut = 0;
const trap = createServer((_, response) => {
  requestsOut += 1;
  response.end("{}");
});

beforeAll(async () => {
  system = await testSystem();
  keys = await keyRing(openStore(system.database.sql), {
    secret: system.config.KEY_ENCRYPTION_SECRET,
    algorithm: "EdDSA",
    rotationSeconds: 86_400,
    log: silent,
  });
  good = (await system.client.createSession({ requestId: randomUUID(), name: "mapper-1" })).accessToken;
  trap.listen(0, "127.0.0.1");
  await once(trap, "listening");
});

afterAll(async () => {
  trap.close();
  keys.stop();
  await system.stop();
});

const present = (token: string) =>
  refusalOf(system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${token}` } }));
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);

/** A token by our own key, with some of its claims and its header changed. */
const forged = (claims: JWTPayload, header: object = {}) =>
  new SignJWT({ ...decodeJwt(good), ...claims })
    .setProtectedHeader({ ...(decodeProtectedHeader(good) as { alg: string }), ...header })
    .sign(keys.openKey(keys.kidAt(new Date())).privateKey);

test("the token that the forgeries are made of is valid", async () => {
  const { user } = await system.client.getCurrentUser(
    {},
    { headers: { authorization: `Bearer ${await forged({})}` } },
  );
  expect(user?.name).toBe("mapper-1");
});

test("a token without a signature is not valid", async () => {
  const unsigned = `${base64({ alg: "none", typ: "at+jwt" })}.${good.split(".")[1]}.`;
  expect(await present(unsigned)).toMatchObject({ reason: "TOKEN_INVALID" });
});

test("the public key is no shared secret", async () => {
  const secret = JSON.stringify(keys.published().keys[0]);
  const body = `${base64({ ...decodeProtectedHeader(good), alg: "HS256" })}.${good.split(".")[1]}`;
  for (const key of [secret, Buffer.from(keys.published().keys[0]?.x as string, "base64url")]) {
    const signature = createHmac("sha256", key).update(body).digest("base64url");
    expect(await present(`${body}.${signature}`)).toMatchObject({ reason: "TOKEN_INVALID" });
  }
});

test.each<[string, JWTPayload, object]>([
  ["of another issuer", { iss: "https://elsewhere.test" }, {}],
  ["for another audience", { aud: "elsewhere" }, {}],
  ["for us among others", { aud: ["tessera", "elsewhere"] }, {}],
  ["from the future", { iat: now() + 3_600 }, {}],
  ["without an end", { exp: undefined as never }, {}],
  ["without a session", { sid: undefined }, {}],
  ["of a session that is no text", { sid: 7 }, {}],
  ["of nobody", { sub: "" }, {}],
  ["of a person by name", { sub: "administrator" }, {}],
  ["of a person below zero", { sub: "-1" }, {}],
  ["of another type", {}, { typ: "JWT" }],
  ["without a key's id", {}, { kid: undefined }],
  ["of a key that is not ours", {}, { kid: "another" }],
])("a token %s is not valid, though our key signed it", async (_, claims, header) => {
  expect(await present(await forged(claims, header))).toMatchObject({ reason: "TOKEN_INVALID" });
});

test("a token that ended says when", async () => {
  const exp = now() - 60;
  const refusal = await present(await forged({ exp, iat: exp - 600 }));
  expect(refusal).toEqual({
    reason: "TOKEN_EXPIRED",
    metadata: { expire_time: new Date(exp * 1000).toISOString() },
  });
});

test("a token with any part changed is not valid", async () => {
  const [header, body, signature] = good.split(".") as [string, string, string];
  const other = base64({ ...decodeJwt(good), sub: "999" });
  const flipped = (signature[0] === "A" ? "B" : "A") + signature.slice(1);
  for (const token of [
    `${header}.${other}.${signature}`,
    `${header}.${body}.${flipped}`,
    `${header}.${body}`,
  ]) {
    expect(await present(token)).toMatchObject({ reason: "TOKEN_INVALID" });
  }
});

test.each(["x", "..", "a.b.c", base64({ alg: "EdDSA" })])("%s is no token", async (token) => {
  expect(await present(token)).toMatchObject({ reason: "TOKEN_INVALID" });
});

test("a token that brings its own key, or says where to fetch one, is not valid, and nothing is fetched", async () => {
  const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/keys`;
  const own = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = await exportJWK(own.publicKey);
  for (const header of [{ jku: url }, { x5u: url }, { jwk }, { jku: url, kid: "another" }]) {
    const token = await new SignJWT(decodeJwt(good))
      .setProtectedHeader({ ...(decodeProtectedHeader(good) as { alg: string }), ...header })
      .sign(own.privateKey);
    expect(await present(token)).toMatchObject({ reason: "TOKEN_INVALID" });
  }
  expect(requestsOut).toBe(0);
});

test("a bad token is refused also where none is needed", async () => {
  const call = system.client.createSession(
    { requestId: randomUUID(), name: "mapper-1" },
    { headers: { authorization: "Bearer x" } },
  );
  expect(await refusalOf(call)).toMatchObject({ reason: "TOKEN_INVALID" });
});
