import { create } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { AccessSchema } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { ANONYMOUS } from "@tessera/rpc/caller.ts";
import { type Connection, connect } from "@tessera/rpc/connect.ts";
import { type Serving, serve, served } from "@tessera/rpc/serve.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOG, until } from "../testing/service.ts";
import { followAccess } from "./follow-access.ts";
import { type AccessFeed, type KnownAccess, knownAccess } from "./known-access.ts";

const SCOPES = new Set(["services", "projects:read"]);
/** Confirmations of a feed, about a second apart, within which an answer that does not hold is read again. */
const ENOUGH = 3;
let serving: Serving;
let connection: Connection;
let known: KnownAccess;
let following: { stop(): Promise<void> };
/** What the services publish, and their calls. */
let news: { project: Feed; people: Feed };
let batches: bigint[][];
let asked: number;
/** How often each feed was confirmed. */
let confirmed: Record<AccessFeed, number>;

/** A feed that the test writes; a reader that opens it again resumes after a position. */
class Feed {
  readonly opened: string[] = [];
  /** Nothing comes, and the streams stay open; or what comes is withheld from those that are open. */
  state: "live" | "silent" | "behind" = "live";
  readonly #events: object[] = [];
  readonly #wakes = new Set<() => void>();
  #age = 0;

  notify(event: object): void {
    this.#events.push(event);
    this.#wake();
  }

  /** Ends the streams that are open, without an error. */
  end(): void {
    this.#age += 1;
    this.#wake();
  }

  async *from(position: string, signal: AbortSignal) {
    this.opened.push(position);
    let next = position === "" ? this.#events.length : Number(position);
    signal.addEventListener("abort", () => this.#wake());
    while (this.state === "silent" && !signal.aborted) await this.#news();
    yield { position: String(next) };
    const age = this.#age;
    while (!signal.aborted && age === this.#age) {
      const event = this.state === "live" ? this.#events[next] : undefined;
      if (event === undefined) {
        await this.#news();
        continue;
      }
      next += 1;
      yield { position: String(next), event } as never;
    }
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
    this.#wakes.clear();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#wakes.add(resolve));
  }
}

beforeEach(async () => {
  news = { project: new Feed(), people: new Feed() };
  batches = [];
  asked = 0;
  const never = () => Promise.reject(new Error("nobody asks this"));
  const access: ServiceImpl<typeof AccessService> = {
    batchGetAccess: never,
    batchGetUserAccess: async ({ projectId, userIds }) => {
      batches.push(userIds);
      return { accesses: userIds.map((userId) => ({ projectId, userId, revision: 2n })), missingUserIds: [] };
    },
  };
  serving = await serve({
    services: [
      served(AccessService, access),
      served(ProjectEventService, {
        watchProjectEvents: ({ position }, { signal }) => news.project.from(position, signal),
        listProjectEvents: never,
      }),
      served(AuthEventService, {
        watchAuthEvents: ({ position }, { signal }) => news.people.from(position, signal),
        listAuthEvents: never,
        getAuthEvent: never,
      }),
    ],
    verify: () => ({ ...ANONYMOUS, userId: 1n, sessionId: "s", scopes: SCOPES }),
    log: LOG,
    translate: () => undefined,
    ready: async () => {},
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
  });
  connection = connect(serving.address);
  const inner = knownAccess();
  let begun = 0;
  const forgetAll = () => {
    begun += 1;
    inner.forgetAll();
  };
  confirmed = { projects: 0, people: 0 };
  const confirm = (feed: AccessFeed, atMs: number) => {
    confirmed[feed] += 1;
    inner.confirm(feed, atMs);
  };
  known = { ...inner, forgetAll, confirm };
  const own = { auth: connection, headers: async () => ({ authorization: "Bearer own" }), options: {} };
  following = followAccess(serving.address, { own }, known, LOG);
  // Each feed begins by saying that anything may have happened before.
  await until(() => begun === 2);
});

afterEach(async () => {
  await following.stop();
  connection.close();
  await serving.stop();
});

/** What somebody comes with who is asked about when nothing fresh is known. */
const revisionOf = async (userId: bigint, projectId = 7): Promise<bigint> => {
  const answer = await known.get({ projectId, userId }, undefined, async () => {
    asked += 1;
    return create(AccessSchema, { projectId, userId, revision: 1n });
  });
  return answer === "absent" ? 0n : answer.revision;
};

test("while both feeds are live and not behind, nothing is asked again", async () => {
  await Promise.all([11n, 12n, 13n].map((userId) => revisionOf(userId)));
  const before = { ...confirmed };
  await until(
    () => Math.min(confirmed.projects - before.projects, confirmed.people - before.people) >= ENOUGH,
  );
  expect(await Promise.all([11n, 12n, 13n].map((userId) => revisionOf(userId)))).toEqual([1n, 1n, 1n]);
  expect([asked, batches]).toEqual([3, []]);
}, 30_000);

test.each([
  ["project", "silent"],
  ["project", "behind"],
  ["people", "silent"],
  ["people", "behind"],
] as const)(
  "while the %s feed is %s, active users are read again together, and do not wait",
  async (feed, state) => {
    await Promise.all([11n, 12n, 13n].map((userId) => revisionOf(userId)));
    news[feed].state = state;
    // Of a change that is withheld nothing is heard: it counts as soon as the answers are read again.
    news[feed].notify({ projectId: 7, accessChanged: true, kind: AuthEventKind.USER_BLOCKED, userId: 11n });
    await until(() => batches.length > 0);
    await until(async () => {
      const revisions = await Promise.all([11n, 12n, 13n].map((userId) => revisionOf(userId)));
      return revisions.every((revision) => revision === 2n);
    });
    expect(asked).toBe(3);
    for (const batch of batches) expect(batch.toSorted()).toEqual([11n, 12n, 13n]);
    news[feed].state = "live";
    news[feed].end();
  },
  30_000,
);

test("news of a project or of a person is heard, also what comes while a stream is opened again", async () => {
  for (const projectId of [7, 8]) for (const userId of [11n, 12n]) await revisionOf(userId, projectId);
  expect(asked).toBe(4);
  const changed = {
    projectId: 7,
    revision: 5n,
    kind: ProjectEventKind.ACCESS_CHANGED,
    accessChanged: true,
  };
  news.project.notify({ ...changed, accessChanged: false, kind: ProjectEventKind.CHANGED });
  news.project.notify(changed);
  await until(async () => (await revisionOf(11n, 7)) === 1n && asked === 5);

  news.people.notify({ kind: AuthEventKind.SESSION_OPENED, userId: 12n });
  news.people.end();
  news.people.notify({ kind: AuthEventKind.TEAM_MEMBER_REMOVED, userId: 12n });
  await until(async () => (await revisionOf(12n, 8)) === 1n && asked === 6);
  expect(news.people.opened.filter((position) => position !== "")).toEqual(["0"]);
  const before = asked;
  await revisionOf(11n, 8);
  expect(asked).toBe(before);

  news.people.notify({ kind: AuthEventKind.TEAM_DELETED, teamId: 3 });
  await until(async () => (await revisionOf(11n, 8)) === 1n && asked > before);
});
