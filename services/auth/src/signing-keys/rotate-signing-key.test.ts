import { randomUUID } from "node:crypto";
import { SigningKeyState } from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { keySet } from "@tessera/identity/key-set.ts";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, silent, type TestSystem, testSystem } from "../testing/system.ts";

let system: TestSystem;
let admin: { headers: { authorization: string } };

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

const keys = () => system.clientOf(SigningKeyService);
const rotate = (requestId = randomUUID()) => keys().rotateSigningKey({ requestId }, admin);
const kidIn = ({ acknowledgement }: { acknowledgement?: { name: string } | undefined }) =>
  acknowledgement?.name.replace("signing-keys/", "") as string;
const publishedKids = async (url = system.auth.keysUrl) =>
  ((await (await fetch(url)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
const refresh = (refreshToken: string) =>
  system.client.refreshSession({ requestId: randomUUID(), refreshToken });

test("rotating under load refuses no good token, on two replicas and with others who verify alone", async () => {
  const other = await system.start();
  const verifiers = [system.auth.keysUrl, other.auth.keysUrl].map((url) => {
    const set = keySet([url], silent);
    const options = { issuer: system.config.TOKEN_ISSUER, keys: set.keys, service: "task" };
    return { set, verify: verifyAccessToken(options) };
  });
  for (const { set } of verifiers) await set.ready();
  let isOver = false;
  let verified = 0;
  const kids = new Set<string>();
  const load = async (worker: number) => {
    const [signer, checker] = worker % 2 === 0 ? [system, other] : [other, system];
    for (let round = 0; !isOver; round++) {
      const name = `mapper-${1 + ((worker * 37 + round) % 500)}`;
      const { accessToken } = await signer.client.createSession({ requestId: randomUUID(), name });
      kids.add(decodeProtectedHeader(accessToken).kid as string);
      await Promise.all(verifiers.map(({ verify }) => verify(accessToken)));
      await checker.client.getCurrentUser({}, { headers: { authorization: `Bearer ${accessToken}` } });
      verified += 1;
    }
  };
  const working = Array.from({ length: 4 }, (_, worker) => load(worker));
  const made: string[] = [];
  for (let round = 0; round < 3; round++) {
    made.push(kidIn(await rotate()));
    await expect.poll(() => kids.has(made.at(-1) as string)).toBe(true);
  }
  await expect.poll(() => verified).toBeGreaterThan(200);
  isOver = true;
  await Promise.all(working);
  expect(kids.size).toBeGreaterThanOrEqual(4);
  for (const { set } of verifiers) set.stop();
  await other.stop();
});

test("a rotation that is repeated makes one key, which is published before it signs", async () => {
  const requestId = randomUUID();
  const [first, ...twins] = await Promise.all(Array.from({ length: 5 }, () => rotate(requestId)));
  expect(new Set([first, ...twins].map((it) => it && kidIn(it))).size).toBe(1);
  const kid = kidIn(first as NonNullable<typeof first>);
  await expect.poll(() => publishedKids()).toContain(kid);
  const { signingKey } = await keys().getSigningKey({ kid }, admin);
  expect(signingKey?.state).toBe(SigningKeyState.UPCOMING);
  expect(JSON.stringify(signingKey, (_, it) => (typeof it === "bigint" ? String(it) : it))).not.toContain(
    '"d"',
  );
});

test("a revoked key is no longer published and its tokens are refused, yet sessions continue", async () => {
  const before = await system.client.createSession({ requestId: randomUUID(), name: "mapper-900" });
  const old = decodeProtectedHeader(before.accessToken).kid as string;
  expect(
    await refusalOf(keys().revokeSigningKey({ requestId: randomUUID(), kid: old }, admin)),
  ).toMatchObject({
    reason: "SIGNING_KEY_IN_USE",
  });
  await system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${before.accessToken}` } });
  const next = kidIn(await rotate());
  const newest = async () =>
    decodeProtectedHeader((await refresh((await signedIn()).refreshToken)).accessToken).kid;
  const signedIn = () => system.client.createSession({ requestId: randomUUID(), name: "mapper-901" });
  await expect.poll(newest).toBe(next);
  admin = await system.signIn("administrator");
  await keys().revokeSigningKey({ requestId: randomUUID(), kid: old }, admin);
  const headers = { authorization: `Bearer ${before.accessToken}` };
  await expect.poll(() => publishedKids()).not.toContain(old);
  // Also where it was verified a moment before, and is remembered as good.
  expect(await refusalOf(system.client.getCurrentUser({}, { headers }))).toMatchObject({
    reason: "TOKEN_INVALID",
  });
  const fresh = await refresh(before.refreshToken);
  await system.client.getCurrentUser({}, { headers: { authorization: `Bearer ${fresh.accessToken}` } });
  const { signingKey } = await keys().getSigningKey({ kid: old }, admin);
  expect(signingKey).toMatchObject({ state: SigningKeyState.REVOKED, revision: 2n });
  const { sql } = system.database;
  const [row] = await sql`select length(sealed_private_jwk) as length from signing_keys where kid = ${old}`;
  expect(row?.length).toBe(0);
});
