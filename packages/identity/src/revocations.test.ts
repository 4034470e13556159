import type { ServiceImpl } from "@connectrpc/connect";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import {
  RevocationService,
  type WatchRevocationsResponse,
} from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { type Connection, connect } from "@tessera/rpc/connect.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { type Serving, serve, served } from "@tessera/rpc/serve.ts";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followRevocations, type Revocations } from "./revocations.ts";

const log = pino({ level: "silent" });
const person = { ...ANONYMOUS, userId: 7n, sessionId: "s7", tokenVersion: 3 };

/** What every new stream of revocations begins with. */
let beginning: WatchRevocationsResponse["message"][] = [];
let push: (message: WatchRevocationsResponse["message"]) => void;
let cut: () => void;
let serving: Serving;
let connection: Connection;

beforeEach(async () => {
  beginning = [];
  push = undefined as never;
  serving = await serveAuth(0);
  connection = connect(serving.address);
});

afterEach(async () => {
  connection.close();
  await serving.stop();
});

function serveAuth(port: number): Promise<Serving> {
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
    services: [served(RevocationService, revocations)],
    verify: () => ({ ...person, scopes: new Set([...PERSON_SCOPES, "services"]) }),
    log,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port,
    drainMs: 0,
    endStreams: () => cut?.(),
  });
}

const blocked = (isBlocked: boolean) =>
  ({
    case: "revocation",
    value: {
      $typeName: "tessera.auth.v1.Revocation",
      userId: 7n,
      tokenVersion: 0,
      blocked: isBlocked,
    },
  }) as const;
const session = {
  case: "revocation",
  value: {
    $typeName: "tessera.auth.v1.Revocation",
    sessionId: "s7",
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

test("a block and a sign-out are in force as soon as they arrive, and end when they are lifted", async () => {
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
  const value = { $typeName: "tessera.auth.v1.Revocation" as const, kid: "k1", blocked: false };
  beginning = [{ ...session, value }];
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() =>
    expect(reasonAgainst(revocations, { ...person, keyId: "k1" })).toBe("TOKEN_REVOKED"),
  );
  expect(reasonAgainst(revocations, { ...person, keyId: "k2" })).toBeUndefined();
  await revocations.stop();
});

test("tokens below the version of their person are refused, and those of that version are not", async () => {
  beginning = [{ ...blocked(false), value: { ...blocked(false).value, tokenVersion: 4 } }];
  const revocations = followRevocations(connection, async () => ({ authorization: "Bearer x" }), log);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("TOKEN_REVOKED"));
  expect(reasonAgainst(revocations, { ...person, tokenVersion: 4 })).toBeUndefined();
  await revocations.stop();
});

test("what is known stays in force while auth is gone, and is replaced by what it says when it is back", async () => {
  beginning = [blocked(true)];
  let tries = 0;
  const headers = async () => {
    tries += 1;
    return { authorization: "Bearer x" };
  };
  const revocations = followRevocations(connection, headers, log);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("USER_BLOCKED"));
  const port = Number(serving.address.split(":")[1]);
  await serving.stop();
  await vi.waitFor(() => expect(tries).toBeGreaterThan(1), 60_000);
  expect(reasonAgainst(revocations)).toBe("USER_BLOCKED");
  // Unblocked while the stream was down.
  beginning = [session];
  serving = await serveAuth(port);
  await vi.waitFor(() => expect(reasonAgainst(revocations)).toBe("TOKEN_REVOKED"), 60_000);
  expect(reasonAgainst(revocations, { ...person, sessionId: "another" })).toBeUndefined();
  await revocations.stop();
});
