import { setTimeout as sleep } from "node:timers/promises";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, type ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import {
  RevocationService,
  type WatchRevocationsResponse,
} from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { decodeJwt, exportJWK, generateKeyPair, type JWK, UnsecuredJWT } from "jose";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANONYMOUS } from "./caller.ts";
import { type Connection, connect } from "./connect.ts";
import { type Refusal, refusals } from "./refusal.ts";
import { followRevocations, type Revocations } from "./revocations.ts";
import { type Serving, serve, served } from "./serve.ts";
import { type ServiceIdentity, serviceIdentity } from "./service-identity.ts";

const log = pino({ level: "silent" });
const refuse = refusals(ReasonSchema);
const person = { ...ANONYMOUS, userId: 7n, sessionId: "s7", tokenVersion: 3 };
const notHere = () => Promise.reject(new ConnectError("not in this test", Code.Unimplemented));

/** What the other end was asked, and how it answers. */
const told = {
  assertions: [] as string[],
  exchanges: [] as string[],
  seen: [] as string[],
  tokenSeconds: 600,
  down: false,
  revoked: false,
};
/** What every new stream of revocations begins with. */
let beginning: WatchRevocationsResponse["message"][] = [];
let push: (message: WatchRevocationsResponse["message"]) => void;
let cut: () => void;
let serving: Serving;
let connection: Connection;
let privateJwk: JWK;

beforeEach(async () => {
  Object.assign(told, {
    assertions: [],
    exchanges: [],
    seen: [],
    tokenSeconds: 600,
    down: false,
    revoked: false,
  });
  beginning = [];
  privateJwk = await exportJWK((await generateKeyPair("EdDSA", { extractable: true })).privateKey);
  serving = await serveAuth(0);
  connection = connect(serving.address);
});

afterEach(async () => {
  connection.close();
  await serving.stop();
});

function serveAuth(port: number): Promise<Serving> {
  const expireTime = () => timestampFromMs(Date.now() + told.tokenSeconds * 1000);
  const tokens = {
    ...(Object.fromEntries(
      TokenService.methods.map(({ localName }) => [localName, notHere]),
    ) as unknown as ServiceImpl<typeof TokenService>),
    issueServiceToken: async ({ clientAssertion }: { clientAssertion: string }) => {
      if (told.down) throw new ConnectError("down", Code.Unavailable);
      told.assertions.push(clientAssertion);
      return { accessToken: `service-${told.assertions.length}`, expireTime: expireTime() };
    },
    exchangeToken: async ({ subjectToken, audience }: { subjectToken: string; audience: string }) => {
      if (told.down) throw new ConnectError("down", Code.Unavailable);
      if (told.revoked) throw refuse(Reason.TOKEN_REVOKED);
      told.exchanges.push(`${audience} ${subjectToken}`);
      return { accessToken: `for-${audience}-${subjectToken}`, expireTime: expireTime() };
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
      const waiting: WatchRevocationsResponse["message"][] = [
        ...beginning,
        { case: "complete", value: true },
      ];
      let wake = () => {};
      let isCut = false;
      push = (message) => {
        waiting.push(message);
        wake();
      };
      cut = () => {
        isCut = true;
        wake();
      };
      signal.addEventListener("abort", cut, { once: true });
      while (!isCut) {
        for (const message of waiting.splice(0)) yield { message };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
  return serve({
    services: [
      served(TokenService, tokens),
      served(AuthService, users),
      served(RevocationService, revocations),
    ],
    verify: (token) => {
      told.seen.push(token);
      return { ...person, scopes: new Set([...PERSON_SCOPES, "services"]) };
    },
    log,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port,
    drainMs: 0,
    endStreams: () => cut?.(),
  });
}

const identity = (): ServiceIdentity =>
  serviceIdentity(connection, { clientId: "task", privateJwk, issuer: "https://auth.test" });
const blocked = (isBlocked: boolean) =>
  ({
    case: "revocation",
    value: {
      $typeName: "tessera.auth.v1.Revocation",
      userId: 7n,
      sessionId: "",
      tokenVersion: 0,
      kid: "",
      blocked: isBlocked,
    },
  }) as const;
const session = {
  case: "revocation",
  value: {
    $typeName: "tessera.auth.v1.Revocation",
    userId: 0n,
    sessionId: "s7",
    tokenVersion: 0,
    kid: "",
    blocked: false,
  },
} as const;

/** The reason with which somebody is refused; undefined for nobody. */
function reasonAgainst(revocations: Revocations, caller = person): string | undefined {
  try {
    revocations.refuseRevoked(caller);
    return undefined;
  } catch (error) {
    return (error as Refusal).reason.name;
  }
}

test("a service proves who it is by its key, once for all who ask at once, and again before its token ends", async () => {
  const me = identity();
  const [first] = await Promise.all(Array.from({ length: 20 }, () => me.headers()));
  expect(first).toEqual({ authorization: "Bearer service-1" });
  expect(told.assertions).toHaveLength(1);
  expect(decodeJwt(told.assertions[0] as string)).toMatchObject({
    iss: "task",
    sub: "task",
    aud: "https://auth.test",
  });
  told.tokenSeconds = 10;
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
  expect(told.exchanges).toEqual(["tessera:project person"]);
  expect(told.seen.filter((it) => it.startsWith("for-"))).toEqual(
    Array.from({ length: 3 }, () => "for-tessera:project-person"),
  );
});

test("a call of nobody stays one of nobody", async () => {
  const through = connect(serving.address, { onBehalf: identity().onBehalf("project") });
  await expect(createClient(AuthService, through).getCurrentUser({})).rejects.toMatchObject({
    code: Code.Unauthenticated,
  });
  through.close();
  expect(told.exchanges).toEqual([]);
});

test("while auth is gone, calls go on with the person's own token, or with what was exchanged before", async () => {
  const onBehalf = identity().onBehalf("project");
  expect(await onBehalf("Bearer early")).toBe("Bearer for-tessera:project-early");
  told.down = true;
  expect(await onBehalf("Bearer late")).toBe("Bearer late");
  expect(await onBehalf("Bearer early")).toBe("Bearer for-tessera:project-early");
});

test("while auth is gone, a token that was made for this service alone is not sent to another, which would not take it", async () => {
  const narrowed = new UnsecuredJWT({ aud: "tessera:project" }).encode();
  const whole = new UnsecuredJWT({ aud: "tessera" }).encode();
  told.down = true;
  const onBehalf = identity().onBehalf("auth");
  for (const _ of ["asked", "not asked again"]) {
    await expect(onBehalf(`Bearer ${narrowed}`)).rejects.toMatchObject({ code: Code.Unavailable });
  }
  expect(await onBehalf(`Bearer ${whole}`)).toBe(`Bearer ${whole}`);
});

test("a token that was taken back is not exchanged, and not sent on", async () => {
  told.revoked = true;
  await expect(identity().onBehalf("project")("Bearer person")).rejects.toThrow(/revoked/i);
});

test("a block and a sign-out are in force as soon as they are heard of, and end when they are lifted", async () => {
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() => expect(push).toBeDefined());
  expect(reasonAgainst(revocations)).toBeUndefined();
  push(blocked(true));
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("USER_BLOCKED"));
  push(blocked(false));
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBeUndefined());
  push(session);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("TOKEN_REVOKED"));
  expect(reasonAgainst(revocations, { ...person, sessionId: "another" })).toBeUndefined();
  await revocations.stop();
});

test("all tokens that a key signed are refused when the key is revoked", async () => {
  beginning = [{ ...session, value: { ...session.value, sessionId: "", kid: "k1" } }];
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() =>
    expect(reasonAgainst(revocations, { ...person, keyId: "k1" })).toBe("TOKEN_REVOKED"),
  );
  expect(reasonAgainst(revocations, { ...person, keyId: "k2" })).toBeUndefined();
  await revocations.stop();
});

test("tokens below the version of their person are refused, and those at it are not", async () => {
  beginning = [{ ...blocked(false), value: { ...blocked(false).value, tokenVersion: 4 } }];
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("TOKEN_REVOKED"));
  expect(reasonAgainst(revocations, { ...person, tokenVersion: 4 })).toBeUndefined();
  await revocations.stop();
});

test("what is known stays in force while auth is gone, and is replaced by what it says when it is back", async () => {
  beginning = [blocked(true)];
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("USER_BLOCKED"));
  const port = Number(serving.address.split(":")[1]);
  await serving.stop();
  await sleep(300);
  expect(reasonAgainst(revocations)).toBe("USER_BLOCKED");
  // Unblocked while nobody could be told.
  beginning = [session];
  serving = await serveAuth(port);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("TOKEN_REVOKED"), 5_000);
  expect(reasonAgainst(revocations, { ...person, sessionId: "another" })).toBeUndefined();
  await revocations.stop();
});
