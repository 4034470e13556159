import { randomUUID } from "node:crypto";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { ServiceAccountService } from "@tessera/contracts/tessera/auth/v1/service_account_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { keySet } from "@tessera/identity/key-set.ts";
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, silent, type TestSystem, testSystem } from "../testing/system.ts";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const SIBLING_SCOPES = ["services", "account", "projects:read", "tasks:write"];

let system: TestSystem;
let pair: Pair;
let admin: { headers: { authorization: string } };

beforeAll(async () => {
  pair = await generateKeyPair("EdDSA", { extractable: true });
  const scopes = ["services", "projects:read", "tasks:read"];
  const public_jwk = await exportJWK(pair.publicKey);
  system = await testSystem({
    SERVICE_ACCOUNTS: [
      { client_id: "task", public_jwk: { ...public_jwk }, scopes, may_act: true },
      { client_id: "sibling", public_jwk: { ...public_jwk }, scopes: SIBLING_SCOPES, may_act: true },
    ],
  });
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

const now = () => Math.floor(Date.now() / 1000);
const assertionOf = (claims: JWTPayload = {}, key: Pair = pair, alg = "EdDSA") =>
  new SignJWT({
    iss: "task",
    sub: "task",
    aud: system.config.TOKEN_ISSUER,
    exp: now() + 60,
    iat: now(),
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(key.privateKey);
const tokens = () => system.clientOf(TokenService);
const accounts = () => system.clientOf(ServiceAccountService);
const ask = (clientAssertion: string, scopes: string[] = [], requestId = randomUUID()) =>
  tokens().createServiceToken({ requestId, clientAssertion, scopes });
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const asService = async () => bearer((await ask(await assertionOf())).accessToken);

test("a service of the settings gets a token with their scopes, also for other services", async () => {
  const { accessToken, scopes, acknowledgement } = await ask(await assertionOf());
  expect(scopes).toEqual(["services", "projects:read", "tasks:read"]);
  expect(decodeJwt(accessToken)).toMatchObject({ client_id: "task", aud: "tessera" });
  const keys = keySet([system.auth.keysUrl], silent);
  const verify = verifyAccessToken({
    issuer: system.config.TOKEN_ISSUER,
    keys: keys.keys,
    service: "project",
  });
  expect(await verify(accessToken)).toMatchObject({ clientId: "task", actor: "" });
  keys.stop();
  const sessionId = acknowledgement?.name.replace("sessions/", "") as string;
  expect((await ask(await assertionOf(), ["tasks:read"])).scopes).toEqual(["tasks:read"]);
  const found = await system.client.getSession({ sessionId }, admin);
  expect(found.session).toMatchObject({ clientId: "task", revision: 1n });
});

test("a repeated request gets the same token, and an assertion can be used once", async () => {
  const [assertion, requestId] = [await assertionOf(), randomUUID()];
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(assertion, [], requestId)));
  expect(new Set(answers.map((it) => it.accessToken)).size).toBe(1);
  expect(answers.filter((it) => !it.acknowledgement?.replayed)).toHaveLength(1);
  expect(await refusalOf(ask(assertion))).toMatchObject({ reason: "ASSERTION_REUSED" });
  const contested = await assertionOf();
  const taken = await Promise.allSettled(Array.from({ length: 10 }, () => ask(contested)));
  expect(taken.filter((it) => it.status === "fulfilled")).toHaveLength(1);
});

test.each(["EdDSA", "Ed25519"])("a key of Ed25519 signs by the name %s", async (alg) => {
  expect((await ask(await assertionOf({}, pair, alg))).scopes).toHaveLength(3);
});

test.each(["", "/oauth2/token", "/oauth2/introspect"])(
  "an assertion is for our issuer%s, alone or in a list",
  async (path) => {
    const aud = `${system.config.TOKEN_ISSUER}${path}`;
    for (const audience of [aud, [aud], ["https://elsewhere.test", aud]])
      expect((await ask(await assertionOf({ aud: audience }))).scopes).toHaveLength(3);
  },
);

test("an assertion that is not sound proves nothing", async () => {
  const stranger = await generateKeyPair("EdDSA", { extractable: true });
  const rsa = await generateKeyPair("RS256", { extractable: true });
  const unsound = await Promise.all([
    assertionOf({}, stranger),
    assertionOf({ iss: "project", sub: "project" }),
    assertionOf({ iss: "task", sub: "project" }),
    assertionOf({ aud: "https://elsewhere.test" }),
    assertionOf({ aud: ["https://elsewhere.test", `${system.config.TOKEN_ISSUER}/elsewhere`] }),
    assertionOf({ aud: [] }),
    assertionOf({ aud: Array.from({ length: 9 }, () => system.config.TOKEN_ISSUER) }),
    assertionOf({}, rsa, "RS256"),
    assertionOf({ exp: now() - 60 }),
    assertionOf({ exp: now() + 3_600 }),
    assertionOf({ iat: now() + 600 }),
    assertionOf({ jti: undefined as never }),
    assertionOf({ jti: "" }),
    assertionOf({ exp: undefined as never }),
    assertionOf({ iss: "\0" }),
  ]);
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${(await assertionOf()).split(".")[1]}.`;
  for (const assertion of [...unsound, unsigned, "x", "a.b.c"]) {
    expect(await refusalOf(ask(assertion))).toMatchObject({ reason: "ASSERTION_INVALID" });
  }
  const beyond = ask(await assertionOf(), ["tasks:write"]);
  expect(await refusalOf(beyond)).toMatchObject({
    reason: "SCOPE_NOT_ALLOWED",
    metadata: { scope: "tasks:write" },
  });
});

test("a service acts for a person by a token of the person's session, narrowed and no longer", async () => {
  const service = await asService();
  const person = await system.client.createSession({ requestId: randomUUID(), name: "mapper-1" });
  const request = { requestId: randomUUID(), subjectToken: person.accessToken, audience: "tessera:project" };
  const exchanged = await tokens().exchangeToken(request, service);
  const [subject, acting] = [decodeJwt(person.accessToken), decodeJwt(exchanged.accessToken)];
  expect(acting).toMatchObject({
    sub: subject.sub,
    sid: subject.sid,
    ver: subject.ver,
    act: { sub: "task" },
  });
  expect(acting).toMatchObject({ aud: "tessera:project", scope: "projects:read tasks:read" });
  expect(acting.exp).toBeLessThanOrEqual(subject.exp as number);
  const again = await tokens().exchangeToken(request, service);
  expect([again.accessToken, again.acknowledgement?.replayed]).toEqual([exchanged.accessToken, true]);
  const sessionId = exchanged.acknowledgement?.name.replace("sessions/", "") as string;
  const narrowed = { sessionId };
  expect(await refusalOf(system.client.getSession(narrowed, bearer(exchanged.accessToken)))).toMatchObject({
    reason: "TOKEN_INVALID",
  });
  const state = await tokens().introspectToken({ token: exchanged.accessToken }, service);
  expect(state).toMatchObject({ active: true, actor: "task", audience: "tessera:project" });
  // A token with which a service acts cannot be revoked by the person, and cannot be exchanged again.
  await tokens().revokeToken({ requestId: randomUUID(), token: exchanged.accessToken });
  await system.client.getCurrentUser({}, bearer(person.accessToken));
  for (const subjectToken of ["x", exchanged.accessToken]) {
    const call = tokens().exchangeToken({ ...request, requestId: randomUUID(), subjectToken }, service);
    expect(await refusalOf(call)).toMatchObject({ reason: "SUBJECT_TOKEN_INVALID" });
  }
  const scopes = ["tasks:write"];
  const beyond = tokens().exchangeToken({ ...request, requestId: randomUUID(), scopes }, service);
  expect(await refusalOf(beyond)).toMatchObject({ reason: "SCOPE_NOT_ALLOWED" });
  await system.client.revokeSession(
    { requestId: randomUUID(), sessionId: subject.sid as string },
    bearer(person.accessToken),
  );
  const late = tokens().exchangeToken({ ...request, requestId: randomUUID() }, service);
  expect(await refusalOf(late)).toMatchObject({ reason: "SUBJECT_TOKEN_INVALID" });
  expect(await tokens().introspectToken({ token: exchanged.accessToken }, service)).toMatchObject({
    active: false,
  });
});

test.each([
  ["a sibling tool, what both have", "sibling", "projects:read"],
  ["a sibling tool, never more than the person's token", "sibling", "projects:read", ["tasks:write"]],
  ["a service of the contracts, also what it reads to answer", "task", "projects:read tasks:read"],
])("a token for projects:read is exchanged by %s", async (_, clientId, expected, scopes = [] as string[]) => {
  const service = bearer((await ask(await assertionOf({ iss: clientId, sub: clientId }))).accessToken);
  const person = await system.client.createSession({ requestId: randomUUID(), name: "mapper-3" });
  const { personalAccessToken } = await system
    .clientOf(PersonalAccessTokenService)
    .createPersonalAccessToken(
      { requestId: randomUUID(), name: "narrow", scopes: ["projects:read"], lifetime: { seconds: 86400n } },
      bearer(person.accessToken),
    );
  const narrow = await tokens().createKeyToken({ requestId: randomUUID(), personalAccessToken });
  const request = { requestId: randomUUID(), subjectToken: narrow.accessToken, audience: "tessera:project" };
  const exchanged = tokens().exchangeToken({ ...request, scopes }, service);
  if (scopes.length > 0) {
    const refusal = { reason: "SCOPE_NOT_ALLOWED", metadata: { scope: scopes[0] } };
    return expect(await refusalOf(exchanged)).toMatchObject(refusal);
  }
  return expect(decodeJwt((await exchanged).accessToken).scope).toBe(expected);
});

test("a token names all services that act by it, the last one first, also when it is made again", async () => {
  const person = await system.client.createSession({ requestId: randomUUID(), name: "mapper-4" });
  const sibling = bearer((await ask(await assertionOf({ iss: "sibling", sub: "sibling" }))).accessToken);
  const first = { requestId: randomUUID(), subjectToken: person.accessToken, audience: "tessera:task" };
  const { accessToken: subjectToken } = await tokens().exchangeToken(first, sibling);
  const second = { requestId: randomUUID(), subjectToken, audience: "tessera:project" };
  const [made, again] = [await exchangeAs("task", second), await exchangeAs("task", second)];
  expect(decodeJwt(made).act).toEqual({ sub: "task", act: { sub: "sibling" } });
  expect(again).toBe(made);
  expect(await tokens().introspectToken({ token: made }, await asService())).toMatchObject({
    active: true,
    actor: "task",
    actors: ["task", "sibling"],
  });
});

const exchangeAs = async (
  clientId: string,
  request: Parameters<ReturnType<typeof tokens>["exchangeToken"]>[0],
) => {
  const { accessToken } = await ask(await assertionOf({ iss: clientId, sub: clientId }));
  return (await tokens().exchangeToken(request, bearer(accessToken))).accessToken;
};

test("a caller other than a service account that may act exchanges nothing", async () => {
  const pretender = await system.signInService("mapper-90001");
  const { accessToken } = await system.client.createSession({ requestId: randomUUID(), name: "mapper-2" });
  const request = { requestId: randomUUID(), subjectToken: accessToken, audience: "tessera:project" };
  expect(await refusalOf(tokens().exchangeToken(request, pretender))).toMatchObject({
    reason: "ACTING_NOT_PERMITTED",
  });
});

test("an administrator keeps accounts and their keys, and a deleted account is out at once", async () => {
  const made = {
    clientId: "imagery-model",
    description: "finds buildings",
    scopes: ["tasks:read"],
    mayAct: false,
  };
  const [first, second] = [
    await generateKeyPair("ES256", { extractable: true }),
    await generateKeyPair("RS256", { extractable: true }),
  ];
  const jwk = JSON.stringify(await exportJWK(first.publicKey));
  const created = await accounts().createServiceAccount({ requestId: randomUUID(), ...made, jwk }, admin);
  const userId = BigInt(created.acknowledgement?.name.split("/")[1] as string);
  const own = { iss: "imagery-model", sub: "imagery-model" };
  const { accessToken } = await ask(await assertionOf(own, first, "ES256"));
  const { user } = await system.client
    .getCurrentUser({}, bearer(accessToken))
    .catch(() => ({ user: undefined }));
  expect(user).toBeUndefined();
  const added = await accounts().createPublicKey(
    { requestId: randomUUID(), userId, jwk: JSON.stringify(await exportJWK(second.publicKey)) },
    admin,
  );
  const { serviceAccount } = await accounts().getServiceAccount({ userId }, admin);
  expect(serviceAccount).toMatchObject({ clientId: "imagery-model", revision: 3n });
  expect(serviceAccount?.keys).toHaveLength(2);
  const kid = serviceAccount?.keys[0]?.kid as string;
  expect(added.kid).toBe(serviceAccount?.keys[1]?.kid);
  await accounts().revokePublicKey({ requestId: randomUUID(), userId, kid }, admin);
  expect(await refusalOf(ask(await assertionOf(own, first, "ES256")))).toMatchObject({
    reason: "ASSERTION_INVALID",
  });
  const live = (await ask(await assertionOf(own, second, "RS256"))).accessToken;
  const secret = JSON.stringify(await exportJWK(first.privateKey));
  const leaked = accounts().createPublicKey({ requestId: randomUUID(), userId, jwk: secret }, admin);
  expect(await refusalOf(leaked)).toMatchObject({ reason: "PUBLIC_KEY_INVALID" });
  await accounts().deleteServiceAccount({ requestId: randomUUID(), userId }, admin);
  expect(await refusalOf(system.client.getCurrentUser({}, bearer(live)))).toMatchObject({
    reason: "TOKEN_REVOKED",
  });
  expect(await refusalOf(ask(await assertionOf(own, second, "RS256")))).toMatchObject({
    reason: "ASSERTION_INVALID",
  });
});

test("a restart with another key in the settings takes the old one out, and one without the service takes it out", async () => {
  const next = await generateKeyPair("EdDSA", { extractable: true });
  const public_jwk = { ...(await exportJWK(next.publicKey)) };
  const reporter = { client_id: "reporter", public_jwk, scopes: ["services"], may_act: false };
  const deployed = system.config.SERVICE_ACCOUNTS;
  const one = await system.start({ SERVICE_ACCOUNTS: [...deployed, reporter] });
  const own = { iss: "reporter", sub: "reporter" };
  await ask(await assertionOf(own, next));
  const other = { ...(await exportJWK(pair.publicKey)) };
  const two = await system.start({ SERVICE_ACCOUNTS: [...deployed, { ...reporter, public_jwk: other }] });
  expect(await refusalOf(ask(await assertionOf(own, next)))).toMatchObject({ reason: "ASSERTION_INVALID" });
  await ask(await assertionOf(own, pair));
  const three = await system.start();
  expect(await refusalOf(ask(await assertionOf(own, pair)))).toMatchObject({ reason: "ASSERTION_INVALID" });
  await asService();
  for (const it of [one, two, three]) await it.stop();
});
