import type { Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type TcpProxy, tcpProxy } from "@tessera/testing/ground/tcp-proxy.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, type TesseraClient } from "./client.ts";
import type { Credentials } from "./credentials.ts";
import { isRefusal } from "./errors.ts";
import { Reason } from "./reason.ts";
import { session } from "./session.ts";

/** So short that every watch here outlives several tokens. */
const ACCESS_TOKEN_SECONDS = "2";
const ZOOM = 11;
const SQUARE = {
  coordinates: [10, 10, 10.5, 10, 10.5, 10.5, 10, 10.5, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};
const taskId = 1;
let system: TestSystem;
let proxy: TcpProxy;
let projectId: number;
let admin: TesseraClient;
let saved = 0;

beforeAll(async () => {
  system = await testSystem({ ACCESS_TOKEN_SECONDS });
  const { hostname, port } = new URL(system.url);
  proxy = await tcpProxy({ host: hostname, port: Number(port) });
  admin = createClient({ ...viaProxy(), credentials: await signIn("administrator") });
  const { acknowledgement } = await admin.createProject({ project: { name: "Watched", area: SQUARE } });
  projectId = Number(acknowledgement?.name.split("/")[1]);
  const change = {
    project: { projectId, status: ProjectStatus.PUBLISHED },
    updateMask: { paths: ["status"] },
  };
  await admin.updateProject({ ...change, expectedRevision: 1n });
});

afterAll(async () => {
  await proxy.close();
  await system.stop();
});

const viaProxy = () => ({ baseUrl: `http://127.0.0.1:${proxy.port}` });

async function signIn(name: string): Promise<Credentials> {
  const store = { save: () => void saved++ };
  return session(await createClient(viaProxy()).createSession({ name }), store);
}

/** Writes a comment straight to the service, past the gateway. */
async function comment(text: string): Promise<void> {
  const who = await system.signIn("administrator");
  await system.task.createComment({ requestId: `comment-${text}`, projectId, taskId, text }, who);
}

/** The ids of the comments that a watch shows, and its next one. */
function commentsIn(watch: AsyncIterable<{ event?: { commentId?: number | undefined } | undefined }>) {
  const messages = watch[Symbol.asyncIterator]();
  return {
    begin: () => messages.next(),
    next: async () => {
      const { value, done } = await messages.next();
      return done ? "end" : (value.event?.commentId ?? "no event");
    },
    end: () => messages.return?.(),
  };
}

test("a watch of an operation shows it until it is done", async () => {
  await admin.createTasks({ projectId, zoom: ZOOM });
  const states: boolean[] = [];
  const revisions: bigint[] = [];
  for await (const { operation } of admin.watchOperation({ projectId, operationId: 1 })) {
    states.push(operation?.done ?? false);
    revisions.push(operation?.revision ?? 0n);
    proxy.cut();
  }
  expect(states.at(-1)).toBe(true);
  expect(new Set(revisions).size).toBe(revisions.length);
});

test("a watch goes through a cut connection, expired tokens and a gateway that is restarted, and shows each event once", async () => {
  const comments = commentsIn(admin.watchTaskEvents({ projectId }));
  await comments.begin();
  await comment("one");
  expect(await comments.next()).toBe(1);
  proxy.cut();
  await comment("two");
  expect(await comments.next()).toBe(2);
  await system.restartGateway(() => comment("three"));
  expect(await comments.next()).toBe(3);
  const before = saved;
  const next = comments.next();
  await expect.poll(() => saved).toBeGreaterThan(before + 1);
  await comment("four");
  expect(await next).toBe(4);
  await comments.end();
});

test("a watch resumes after the position that a reader stored", async () => {
  const first = admin.watchTaskEvents({ projectId, fromStart: true });
  let position = "";
  for await (const message of first) {
    position = message.position;
    if (message.event?.commentId === 2) break;
  }
  const comments = commentsIn(admin.watchTaskEvents({ projectId, position }));
  await comments.begin();
  expect([await comments.next(), await comments.next()]).toEqual([3, 4]);
  await comments.end();
});

/** A client whose streams can be counted. */
async function counted() {
  const inner = createConnectTransport(viaProxy());
  const signals: (AbortSignal | undefined)[] = [];
  const transport: Transport = {
    unary: inner.unary,
    stream: (method, signal, ...rest) => {
      signals.push(signal);
      return inner.stream(method, signal, ...rest);
    },
  };
  const client = createClient({ transport, credentials: await signIn("mapper-8001") });
  return { client, isAnyOpen: () => signals.some((it) => !it?.aborted), signals };
}

test("a loop that is left, and a signal that aborts, leave no stream open", async () => {
  const { client, isAnyOpen, signals } = await counted();
  for await (const { position } of client.watchTaskEvents({ projectId })) {
    expect(position).not.toBe("");
    break;
  }
  expect(signals).toHaveLength(1);
  expect(isAnyOpen()).toBe(false);
  const controller = new AbortController();
  for await (const _ of client.watchTaskEvents({ projectId }, { signal: controller.signal }))
    controller.abort();
  expect(isAnyOpen()).toBe(false);
});

test("a watch that receives nothing is opened again, and so is one without a gateway until its outage is too long", async () => {
  const { client, signals } = await counted();
  const comments = commentsIn(client.watchTaskEvents({ projectId }, { idleMs: 100 }));
  await comments.begin();
  const next = comments.next();
  await expect.poll(() => signals.length).toBeGreaterThan(2);
  await comment("five");
  expect(await next).toBe(5);
  await comments.end();
  const nowhere = createClient({ baseUrl: "http://127.0.0.1:26799" });
  const outage = commentsIn(nowhere.watchTaskEvents({ projectId }, { outageMaxMs: 300 }));
  await expect(outage.begin()).rejects.toMatchObject({ name: "UnknownOutcomeError" });
});

/** A client of a program that may read the feeds of services. */
async function program(): Promise<TesseraClient> {
  const { acknowledgement, refreshToken } = await createClient(viaProxy()).createSession({
    name: "mapper-8002",
  });
  const sessionId = acknowledgement?.name.split("/")[1] ?? "";
  await system.databases.auth.sql`
    update sessions set scopes = array['services'] where session_id = ${sessionId}`;
  const credentials = session({ accessToken: "worn out", refreshToken });
  return createClient({ ...viaProxy(), credentials });
}

test("a position that the feed keeps no longer ends a watch with its reason", async () => {
  const client = await program();
  let position = "";
  for await (const message of client.watchAuthEvents({ fromStart: true })) {
    position = message.position;
    if (message.event) break;
  }
  await system.databases.auth.sql`
    update events_floor set position = e.position, hash = e.hash from events e
    where e.position = (select max(position) from events)`;
  const watch = client.watchAuthEvents({ position });
  const refused = await watch[Symbol.asyncIterator]()
    .next()
    .catch((error: unknown) => error);
  expect(isRefusal(refused, Reason.POSITION_FORGOTTEN)).toBe(true);
});

test("other refusals end a watch as well", async () => {
  const invalid = commentsIn(admin.watchTaskEvents({ projectId, position: "no such" }));
  const refused = await invalid.begin().catch((error) => error);
  expect(isRefusal(refused, Reason.POSITION_INVALID)).toBe(true);
  const elsewhere = await commentsIn(admin.watchTaskEvents({ projectId: 999 }))
    .begin()
    .catch((error) => error);
  expect(isRefusal(elsewhere, Reason.PROJECT_NOT_FOUND)).toBe(true);
});
