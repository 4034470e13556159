import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "@connectrpc/connect";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendEvent } from "../event-store.ts";
import { type TestSystem, testSystem } from "../testing/system.ts";

type Who = { headers: Record<string, string> };

/** Everybody who may come to call, by what they are to the person whom the call is about. */
const ROLES = [
  "nobody",
  "stranger",
  "self",
  "administrator",
  "service",
  "blocked",
  "deleted",
  "unscoped",
] as const;
type Role = (typeof ROLES)[number];

/** What holds for every RPC, whatever its row says. */
const ALWAYS: Partial<Record<Role, string[]>> = {
  nobody: ["TOKEN_MISSING"],
  blocked: ["USER_BLOCKED"],
  deleted: ["TOKEN_INVALID", "TOKEN_REVOKED"],
  unscoped: ["SCOPE_MISSING"],
};

interface Target {
  userId: bigint;
  who: Who;
  /** The id of an event about the person. */
  eventId: string;
}

interface Row {
  /** What is asked. */
  request: (target: Target) => object;
  /** What has become of the person before. */
  before?: "blocked" | "deleted";
  stranger: string;
  /** Of no meaning where the person is blocked or gone. */
  self?: string;
  administrator: string;
  service: string;
}

const NONE = "SCOPE_MISSING";
const ofUser = ({ userId }: Target) => ({ userId });
const command = (fields: object = {}) => ({ requestId: randomUUID(), ...fields });

/** By RPC: what each may do. What has no row here fails the test: nothing is allowed by not being thought of. */
const ROWS: Record<string, Row> = {
  GetUser: { request: ofUser, stranger: "OK", self: "OK", administrator: "OK", service: NONE },
  BatchGetUsers: {
    request: ({ userId }) => ({ userIds: [userId] }),
    stranger: "OK",
    self: "OK",
    administrator: "OK",
    service: NONE,
  },
  ListUsers: {
    request: () => ({ blocked: true }),
    stranger: "NOT_ADMINISTRATOR",
    self: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  UpdateUser: {
    request: ({ userId }) =>
      command({ user: { userId }, updateMask: { paths: ["description"] }, expectedRevision: 1n }),
    stranger: "PROFILE_NOT_OWN",
    self: "OK",
    administrator: "PROFILE_NOT_OWN",
    service: NONE,
  },
  SetSystemRole: {
    request: ({ userId }) => command({ userId, systemRole: 1, expectedRevision: 1n }),
    stranger: "NOT_ADMINISTRATOR",
    self: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  SetMappingLevel: {
    request: ({ userId }) => command({ userId, mappingLevel: 3, expectedRevision: 1n }),
    stranger: "NOT_ADMINISTRATOR",
    self: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  BlockUser: {
    request: ({ userId }) => command({ userId, reason: "Spam." }),
    stranger: "NOT_ADMINISTRATOR",
    self: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  GetBlock: {
    request: ofUser,
    before: "blocked",
    stranger: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  UnblockUser: {
    request: ({ userId }) => command({ userId }),
    before: "blocked",
    stranger: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  DeleteUser: {
    request: ({ userId }) => command({ userId }),
    stranger: "NOT_ADMINISTRATOR",
    self: "OK",
    administrator: "OK",
    service: NONE,
  },
  GetDeletion: {
    request: ofUser,
    before: "deleted",
    stranger: "NOT_ADMINISTRATOR",
    administrator: "OK",
    service: NONE,
  },
  ListDeletions: {
    request: () => ({ service: "task" }),
    stranger: NONE,
    self: NONE,
    administrator: NONE,
    service: "OK",
  },
  ConfirmDeletion: {
    request: ({ userId }) => command({ userId, service: "task" }),
    before: "deleted",
    stranger: NONE,
    administrator: NONE,
    service: "OK",
  },
  ListAuthEvents: { request: () => ({}), stranger: "OK", self: "OK", administrator: "OK", service: NONE },
  GetAuthEvent: {
    request: ({ eventId }) => ({ eventId }),
    stranger: "AUTH_EVENT_NOT_FOUND",
    self: "OK",
    administrator: "OK",
    service: NONE,
  },
  WatchAuthEvents: { request: () => ({}), stranger: NONE, self: NONE, administrator: NONE, service: "OK" },
};

let system: TestSystem;
let fixed: Record<Exclude<Role, "self">, Who>;
let people = 0;

beforeAll(async () => {
  system = await testSystem();
  const administrator = await system.signIn("administrator");
  const blocked = await person();
  await become("blocked", blocked.userId);
  const deleted = await person();
  await become("deleted", deleted.userId);
  fixed = {
    nobody: { headers: {} },
    stranger: (await person()).who,
    administrator,
    service: await system.signInService("mapper-9001"),
    blocked: blocked.who,
    deleted: deleted.who,
    unscoped: await unscoped(),
  };
});

afterAll(() => system.stop());

async function person(): Promise<Target> {
  const who = await system.signIn(`mapper-${++people}`);
  const userId = (await system.client.getCurrentUser({}, who)).user?.userId ?? 0n;
  return { who, userId, eventId: "" };
}

/** The id of an event about somebody, which has its position. */
async function eventOf(userId: bigint): Promise<string> {
  const { sql } = system.database;
  await appendEvent(sql, { kind: AuthEventKind.LEVEL_RAISED, actor: 0n, userId });
  for (;;) {
    const [row] = await sql<{ event_id: string }[]>`
      select event_id from events where user_id = ${userId} and kind = ${AuthEventKind.LEVEL_RAISED} and position > 0`;
    if (row !== undefined) return row.event_id;
    await sleep(20);
  }
}

async function become(what: "blocked" | "deleted", userId: bigint): Promise<void> {
  const administrator = await system.signIn("administrator");
  const users = system.clientOf(UserService);
  if (what === "blocked") await users.blockUser({ ...command(), userId, reason: "Spam." }, administrator);
  else await users.deleteUser({ ...command(), userId }, administrator);
}

/** An administrator's token without scopes. */
async function unscoped(): Promise<Who> {
  const request = command({ name: "administrator" }) as { requestId: string; name: string };
  const { acknowledgement } = await system.client.createSession(request);
  const sessionId = acknowledgement?.name.split("/")[1] ?? "";
  await system.database.sql`update sessions set scopes = array['none'] where session_id = ${sessionId}`;
  const { accessToken } = await system.client.createSession(request);
  return { headers: { authorization: `Bearer ${accessToken}` } };
}

async function answerOf(
  service: typeof UserService | typeof AuthEventService,
  name: string,
  request: object,
  who: Who,
) {
  const client = system.clientOf(service) as unknown as Record<string, (...of: object[]) => unknown>;
  const call = client[name]?.(request, who);
  try {
    if (call instanceof Promise) await call;
    else for await (const _ of call as AsyncIterable<unknown>) break;
    return "OK";
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return refusalIn(error)?.reason.name ?? `code ${error.code}`;
  }
}

describe.each([UserService, AuthEventService])("$typeName", (service) => {
  const cells = service.methods.flatMap((method) =>
    // Blocked and deleted users call nothing, as the roles of these names say.
    ROLES.filter((role) => role !== "self" || ROWS[method.name]?.before === undefined).map(
      (role) => [method.name, role, method] as const,
    ),
  );

  test.each(cells)("%s by %s", async (name, role, method) => {
    const row = ROWS[name];
    if (row === undefined) throw new Error(`${name} has no row: nobody has thought about who may call it`);
    const expected = ALWAYS[role] ?? [row[role as "stranger"] ?? ""];
    const target = await person();
    if (name === AuthEventService.method.getAuthEvent.name) target.eventId = await eventOf(target.userId);
    if (row.before !== undefined) await become(row.before, target.userId);
    const who = role === "self" ? target.who : fixed[role];
    expect(expected).toContain(await answerOf(service, method.localName, row.request(target), who));
  });
});

test("no row is of an RPC that is not there", () => {
  const names = [UserService, AuthEventService].flatMap(({ methods }) => methods.map(({ name }) => name));
  expect(Object.keys(ROWS).sort()).toEqual([...names].sort());
});
