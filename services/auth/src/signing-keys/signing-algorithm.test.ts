import { randomUUID } from "node:crypto";
import { SigningAlgorithm, SigningKeyState } from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { keySet } from "@tessera/identity/key-set.ts";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { refusalOf, silent, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;
/** A token of the first key, and one of the second: they differ in their algorithms. */
let tokens: [string, string];
let admin: { headers: { authorization: string } };
let requestId: string;

beforeAll(async () => {
  system = await testSystem();
  const [first, old] = [await signedIn(), await system.signIn("administrator")];
  const request = { requestId: randomUUID(), algorithm: SigningAlgorithm.RS256 };
  await system.clientOf(SigningKeyService).rotateSigningKey(request, old);
  await vi.waitFor(async () => expect(algorithmIn(await signedIn())).toBe("RS256"), { timeout: 60_000 });
  requestId = randomUUID();
  tokens = [first, await signedIn(requestId)];
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

const signedIn = async (id: string = randomUUID()) =>
  (await system.client.createSession({ requestId: id, name: "mapper-1" })).accessToken;
const algorithmIn = (token: string) => decodeProtectedHeader(token).alg;
const userOf = (token: string) =>
  system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${token}` } });
const published = async () => ((await (await fetch(system.auth.keysUrl)).json()) as { keys: JWK[] }).keys;

test("a rotation chooses the algorithm; tokens of both keys are valid, here and elsewhere", async () => {
  const set = keySet([system.auth.keysUrl], silent);
  const verify = verifyAccessToken({ issuer: system.config.TOKEN_ISSUER, keys: set.keys, service: "task" });
  for (const token of tokens) {
    expect((await userOf(token)).user?.name).toBe("mapper-1");
    expect(String((await verify(token)).userId)).toBe(decodeJwt(token).sub);
  }
  set.stop();
  expect(tokens.map(algorithmIn)).toEqual(["EdDSA", "RS256"]);
  // RSA signs without chance too: a repeated request has its first answer again.
  expect(await signedIn(requestId)).toBe(tokens[1]);
});

test("both keys are published, each with its algorithm and without a private part", async () => {
  const keys = await published();
  expect(keys.map(({ alg }) => alg)).toEqual(["EdDSA", "RS256"]);
  expect(Object.keys(keys[1] as JWK).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  const { signingKeys } = await system.clientOf(SigningKeyService).listSigningKeys({}, admin);
  expect(signingKeys.map(({ algorithm, state }) => [algorithm, state])).toEqual([
    [SigningAlgorithm.RS256, SigningKeyState.SIGNING],
    [SigningAlgorithm.EDDSA, SigningKeyState.RETIRED],
  ]);
});

test("a verifier that knows RS256 alone takes the tokens of that key", async () => {
  const find = createRemoteJWKSet(new URL(system.auth.keysUrl));
  const options = { algorithms: ["RS256"], issuer: system.config.TOKEN_ISSUER, audience: "tessera" };
  expect((await jwtVerify(tokens[1], find, options)).payload.client_id).toBe("tessera-development");
  await expect(jwtVerify(tokens[0], find, options)).rejects.toThrow();
});

test("a key verifies by its own algorithm alone, whatever a token says", async () => {
  const set = keySet([system.auth.keysUrl], silent);
  const verify = verifyAccessToken({ issuer: system.config.TOKEN_ISSUER, keys: set.keys, service: "task" });
  const [ed25519, rsa] = (await published()) as [JWK, JWK];
  const claims = decodeJwt(tokens[1]);
  // What everybody knows of a key, taken for a secret.
  const known = [JSON.stringify(rsa), rsa.n as string, ed25519.x as string].map((it) => Buffer.from(it));
  const forged = await Promise.all(
    known.map((secret) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: rsa.kid as string })
        .sign(Buffer.concat([secret, Buffer.alloc(32)])),
    ),
  );
  const headed = (token: string, header: object) =>
    [Buffer.from(JSON.stringify(header)).toString("base64url"), ...token.split(".").slice(1)].join(".");
  const other = [
    headed(tokens[1], { alg: "EdDSA", typ: "at+jwt", kid: rsa.kid }),
    headed(tokens[1], { alg: "PS256", typ: "at+jwt", kid: rsa.kid }),
    headed(tokens[1], { alg: "RS256", typ: "at+jwt", kid: ed25519.kid }),
    headed(tokens[0], { alg: "RS256", typ: "at+jwt", kid: ed25519.kid }),
    headed(tokens[0], { alg: "EdDSA", typ: "at+jwt", kid: rsa.kid }),
    headed(tokens[0], { alg: "none", typ: "at+jwt", kid: ed25519.kid }),
  ];
  for (const token of [...forged, ...other]) {
    expect(await refusalOf(userOf(token))).toMatchObject({ reason: "TOKEN_INVALID" });
    await expect(verify(token)).rejects.toThrow();
  }
  set.stop();
});

test("a deployment that is set to RS256 signs by it from its first key on", async () => {
  const other = await testSystem({ SIGNING_ALGORITHM: "RS256" });
  const { accessToken } = await other.client.createSession({ requestId: randomUUID(), name: "mapper-1" });
  expect(algorithmIn(accessToken)).toBe("RS256");
  // What the schedule or a rotation makes next is of the same algorithm, unless it names another.
  const next = await other
    .clientOf(SigningKeyService)
    .rotateSigningKey({ requestId: randomUUID() }, await other.signIn("administrator"));
  const kid = next.acknowledgement?.name.replace("signing-keys/", "") as string;
  const found = await other
    .clientOf(SigningKeyService)
    .getSigningKey({ kid }, await other.signIn("administrator"));
  expect(found.signingKey?.algorithm).toBe(SigningAlgorithm.RS256);
  await other.stop();
});
