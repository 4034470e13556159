import { setTimeout as sleep } from "node:timers/promises";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import {
  Reason as AuthReason,
  ReasonSchema as AuthReasonSchema,
} from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { type Connection, connect } from "@tessera/rpc/connect.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { type Serving, serve, served } from "@tessera/rpc/serve.ts";
import { decodeJwt, exportJWK, generateKeyPair, type JWK, UnsecuredJWT } from "jose";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followRevocations } from "./revocations.ts";
import { type ServiceIdentity, serviceIdentity } from "./service-identity.ts";

const log = pino({ level: "silent" });
const refuse = refusals(ReasonSchema);
const refuseAuth = refusals(AuthReasonSchema);
const person = { ...ANONYMOUS, userId: 7n, sessionId: "s7", tokenVersion: 3 };
const notHere = () => Promise.reject(new ConnectError("not in this test", Code.Unimplemented));

/** What the other end was asked, and how it answers. */
const peer = {
  assertions: [] as string[],
  exchanges: [] as string[],
  seen: [] as string[],
  tokenSeconds: 600,
  down: false,
  revoked: false,
  refused: [] as string[],
  slow: "",
};
let serving: Serving;
let connection: Connection;
let privateJwk: JWK;

beforeEach(async () => {
  Object.assign(peer, {
    assertions: [],
    exchanges: [],
    seen: [],
    tokenSeconds: 600,
    down: false,
    revoked: false,
    refused: [],
    slow: "",
  });
  privateJwk = await exportJWK((await generateKeyPair("EdDSA", { extractable: true })).privateKey);
  serving = await serveAuth(0);
  connection = connect(serving.address);
});

afterEach(async () => {
  connection.close();
  await serving.stop();
});

function serveAuth(port: number): Promise<Serving> {
  const expireTime = () => timestampFromMs(Date.now() + peer.tokenSeconds * 1000);
  const tokens = {
    ...(Object.fromEntries(
      TokenService.methods.map(({ localName }) => [localName, notHere]),
    ) as unknown as ServiceImpl<typeof TokenService>),
    createServiceToken: async ({ clientAssertion }: { clientAssertion: string }) => {
      if (peer.down) throw new ConnectError("down", Code.Unavailable);
      peer.assertions.push(clientAssertion);
      return { accessToken: `service-${peer.assertions.length}`, expireTime: expireTime() };
    },
    exchangeToken: async ({ subjectToken, audience }: { subjectToken: string; audience: string }) => {
      if (peer.down) throw new ConnectError("down", Code.Unavailable);
      if (peer.revoked) throw refuseAuth(AuthReason.SUBJECT_TOKEN_INVALID);
      while (peer.slow === subjectToken) await sleep(5);
      peer.exchanges.push(`${audience} ${subjectToken}`);
      const times = peer.exchanges.filter((it) => it === peer.exchanges.at(-1)).length;
      const again = times > 1 ? `-${times}` : "";
      return { accessToken: `for-${audience}-${subjectToken}${again}`, expireTime: expireTime() };
    },
  };
  const users = {
    ...(Object.fromEntries(
      AuthService.methods.map(({ localName }) => [localName, notHere]),
    ) as unknown as ServiceImpl<typeof AuthService>),
    getCurrentUser: async () => ({ user: { name: "anybody" } }),
  };
  const revocations: ServiceImpl<typeof RevocationService> = {
    watchRevocations: async function* (_, { signal }) {
      yield { message: blocked };
      yield { message: { case: "complete", value: true } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  };
  return serve({
    services: [
      served(TokenService, tokens),
      served(AuthService, users),
      served(RevocationService, revocations),
    ],
    verify: (token) => {
      peer.seen.push(token);
      if (peer.refused.some((it) => token === it || (it.endsWith("*") && token.startsWith(it.slice(0, -1)))))
        throw refuse(Reason.TOKEN_REVOKED);
      return { ...person, scopes: new Set([...PERSON_SCOPES, "services"]) };
    },
    log,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port,
    drainMs: 0,
  });
}

const identity = (): ServiceIdentity =>
  serviceIdentity(connection, { clientId: "task", privateJwk, issuer: "https://auth.test" });
const blocked = {
  case: "revocation",
  value: {
    $typeName: "tessera.auth.v1.Revocation",
    userId: 7n,
    sessionId: "",
    tokenVersion: 0,
    kid: "",
    blocked: true,
  },
} as const;

test("a service proves who it is by its key, once for all who ask at once, and again before its token ends", async () => {
  const me = identity();
  const [first] = await Promise.all(Array.from({ length: 20 }, () => me.headers()));
  expect(first).toEqual({ authorization: "Bearer service-1" });
  expect(peer.assertions).toHaveLength(1);
  expect(decodeJwt(peer.assertions[0] as string)).toMatchObject({
    iss: "task",
    sub: "task",
    aud: "https://auth.test",
  });
  peer.tokenSeconds = 10;
  const short = identity();
  await short.headers();
  expect(await short.headers()).toEqual({ authorization: "Bearer service-3" });
});

test("a call carries the service beside the person, by one exchange per token and service", async () => {
  const me = identity();
  const onBehalf = me.onBehalf("project");
  const through = connect(serving.address, { onBehalf });
  const client = createClient(AuthService, through);
  for (let calls = 0; calls < 3; calls++)
    await client.getCurrentUser({}, { headers: { authorization: "Bearer person" } });
  through.close();
  expect(peer.exchanges).toEqual(["tessera:project person"]);
  expect(peer.seen.filter((it) => it.startsWith("for-"))).toEqual(
    Array.from({ length: 3 }, () => "for-tessera:project-person"),
  );
});

test("a call of nobody stays one of nobody", async () => {
  const through = connect(serving.address, { onBehalf: identity().onBehalf("project") });
  await expect(createClient(AuthService, through).getCurrentUser({})).rejects.toMatchObject({
    code: Code.Unauthenticated,
  });
  through.close();
  expect(peer.exchanges).toEqual([]);
});

test("while auth is unavailable, calls continue with the person's own token, or with the token exchanged before", async () => {
  const onBehalf = identity().onBehalf("project");
  expect(await onBehalf("Bearer early")).toBe("Bearer for-tessera:project-early");
  peer.down = true;
  expect(await onBehalf("Bearer late")).toBe("Bearer late");
  expect(await onBehalf("Bearer early")).toBe("Bearer for-tessera:project-early");
});

test("while auth is gone, a token that was made for this service alone is not sent to another, which would not take it", async () => {
  const narrowed = new UnsecuredJWT({ aud: "tessera:project" }).encode();
  const whole = new UnsecuredJWT({ aud: "tessera" }).encode();
  peer.down = true;
  const onBehalf = identity().onBehalf("auth");
  for (const _ of ["asked", "not asked again"]) {
    await expect(onBehalf(`Bearer ${narrowed}`)).rejects.toMatchObject({ code: Code.Unavailable });
  }
  expect(await onBehalf(`Bearer ${whole}`)).toBe(`Bearer ${whole}`);
});

test("a revoked token is not exchanged, and not sent on", async () => {
  peer.revoked = true;
  peer.refused = ["person"];
  await expect(identity().onBehalf("project")("Bearer person")).rejects.toThrow(/revoked/i);
});

test("a refused service token is replaced once for all callers, and no caller sees the refusal", async () => {
  const me = identity();
  await me.headers();
  peer.refused = ["service-1"];
  const through = connect(serving.address, { onBehalf: me.onBehalf("project") });
  const itself = connect(serving.address, { onBehalf: me.own });
  const [callers, own] = [createClient(AuthService, through), createClient(AuthService, itself)];
  const headers = { authorization: "Bearer service-1" };
  await Promise.all([
    ...Array.from({ length: 10 }, (_, it) =>
      callers.getCurrentUser({}, { headers: { authorization: `Bearer person${it}` } }),
    ),
    ...Array.from({ length: 10 }, () => own.getCurrentUser({}, { headers })),
  ]);
  expect(peer.assertions).toHaveLength(2);
  through.close();
  itself.close();
});

test("a stream in the service's own name whose token is refused has another when it is opened again", async () => {
  const me = identity();
  const itself = connect(serving.address, { onBehalf: me.own });
  await me.headers();
  peer.refused = ["service-1"];
  const revocations = followRevocations(itself, me.headers, log);
  await vi.waitFor(() => expect(revocations.isBlocked(7n)).toBe(true), 60_000);
  expect(peer.assertions).toHaveLength(2);
  await revocations.stop();
  itself.close();
});

test("a refused exchanged token is exchanged again, once for all who call", async () => {
  const through = connect(serving.address, { onBehalf: identity().onBehalf("project") });
  const client = createClient(AuthService, through);
  const call = { headers: { authorization: "Bearer person" } };
  await client.getCurrentUser({}, call);
  peer.refused = ["for-tessera:project-person"];
  await Promise.all(Array.from({ length: 10 }, () => client.getCurrentUser({}, call)));
  expect(peer.exchanges).toHaveLength(2);
  through.close();
});

test("what is refused again is UNAVAILABLE without a reason, as the caller can do nothing about it", async () => {
  const me = identity();
  const through = connect(serving.address, { onBehalf: me.onBehalf("project") });
  const client = createClient(AuthService, through);
  const narrowed = new UnsecuredJWT({ aud: "tessera:task" }).encode();
  const call = { headers: { authorization: `Bearer ${narrowed}` } };
  for (const refused of [["for-*"], ["for-*", "service-*"]]) {
    peer.refused = refused;
    const failure = await client.getCurrentUser({}, call).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: Code.Unavailable, details: [] });
  }
  expect(peer.exchanges.length).toBeLessThan(4);
  through.close();
});

test("a caller whose session ended hears so, though the service held a token for them", async () => {
  const through = connect(serving.address, { onBehalf: identity().onBehalf("project") });
  const client = createClient(AuthService, through);
  const call = { headers: { authorization: "Bearer person" } };
  await client.getCurrentUser({}, call);
  peer.refused = ["person", "for-*"];
  peer.revoked = true;
  await expect(client.getCurrentUser({}, call)).rejects.toThrow(/revoked/i);
  through.close();
});

test("a slow exchange holds up nobody whose token is another", async () => {
  const narrowed = (sub: string) => new UnsecuredJWT({ aud: "tessera:task", sub }).encode();
  const onBehalf = identity().onBehalf("project");
  peer.slow = narrowed("slow");
  const slow = onBehalf(`Bearer ${peer.slow}`);
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, it) => onBehalf(`Bearer ${narrowed(String(it))}`)),
  );
  expect(others.every((it) => it.startsWith("Bearer for-tessera:project-"))).toBe(true);
  peer.slow = "";
  expect(await slow).toMatch(/^Bearer for-tessera:project-/);
});
