import { UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { type TcpProxy, tcpProxy } from "@tessera/testing/ground/tcp-proxy.ts";
import { createProject, cut } from "@tessera/testing/ground/world.ts";
import { type TestSystem, testSystem } from "@tessera/testing/system.ts";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { grpcTransport } from "./grpc.ts";
import {
  createClient,
  isRefusal,
  Reason,
  RefusedError,
  session,
  type TesseraClient,
  UnknownOutcomeError,
} from "./index.ts";
import { personalAccessToken, serviceAccount } from "./machine-credentials.ts";

const ZOOM = 11;
/** What every test system's tokens say in `iss`. */
const ISSUER = "http://localhost/tessera";
const purpose = LockPurpose.MAPPING;
let system: TestSystem;
let proxy: TcpProxy;
let projectId: number;
let mappers = 7_000;
let tasks = 0;

beforeAll(async () => {
  system = await testSystem();
  const admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
  const { hostname, port } = new URL(system.url);
  proxy = await tcpProxy({ host: hostname, port: Number(port) });
});

afterAll(async () => {
  await proxy.close();
  await system.stop();
});

const viaProxy = () => ({ baseUrl: `http://127.0.0.1:${proxy.port}` });

/** A client of a mapper whom no other test knows. */
async function mapper(options: Parameters<typeof createClient>[0] = viaProxy()): Promise<TesseraClient> {
  const tokens = await createClient(options).createSession({ name: `mapper-${++mappers}` });
  return createClient({ ...options, credentials: session(tokens) });
}

const viaGrpc = () => {
  const { auth, project, task } = system.addresses;
  return {
    transport: grpcTransport({
      auth: `http://${auth}`,
      project: `http://${project}`,
      task: `http://${task}`,
    }),
  };
};

test.each([
  ["Connect", viaProxy],
  ["gRPC-Web", () => ({ ...viaProxy(), protocol: "grpc-web" as const })],
  ["gRPC", viaGrpc],
])(
  "over %s, a mapper locks a task and hands it in; another one is refused with a typed reason",
  async (_, via) => {
    const taskId = ++tasks;
    const [mine, theirs] = [await mapper(via()), await mapper(via())];
    const { token, acknowledgement } = await mine.lockTask({ projectId, taskId, purpose });
    expect(acknowledgement?.requestId).not.toBe("");
    const refused = await theirs.lockTask({ projectId, taskId, purpose }).catch((error) => error);
    expect(isRefusal(refused, Reason.TASK_LOCKED)).toBe(true);
    expect(isRefusal(refused, Reason.TASK_NOT_FOUND)).toBe(false);
    expect(refused).toMatchObject({ domain: "task.tessera", retryable: true, isCertain: true });
    expect(refused.metadata).toMatchObject({ task_id: String(taskId) });
    const result = SubmissionResult.MAPPED;
    await mine.submitTask({ projectId, taskId, lockToken: token, result });
    const invalid = await mine.lockTask({ projectId: -1, taskId, purpose }).catch((error) => error);
    expect(invalid).toBeInstanceOf(RefusedError);
    expect(invalid.violations).toMatchObject([{ field: "project_id", rule: "int32.gte" }]);
  },
);

test("a command whose answer is lost is sent again and has one effect", async () => {
  const [client, taskId] = [await mapper(), ++tasks];
  await client.getCurrentUser({});
  proxy.answersToLose = 1;
  const { acknowledgement } = await client.createComment({ projectId, taskId, text: "Once." });
  expect(acknowledgement?.replayed).toBe(true);
  const { comments } = await client.listComments({ projectId, taskId });
  expect(comments.map(({ text }) => text)).toEqual(["Once."]);
});

test("without an answer the outcome is unknown, and the request id is there to ask with", async () => {
  const [client, taskId] = [await mapper({ ...viaProxy(), retriesMax: 2 }), ++tasks];
  await client.getCurrentUser({});
  proxy.answersToLose = 3;
  const comment = { projectId, taskId, text: "Once." };
  const failed = await client.createComment(comment).catch((error) => error);
  expect(failed).toBeInstanceOf(UnknownOutcomeError);
  const { acknowledgement } = await client.createComment({ ...comment, requestId: failed.requestId });
  expect(acknowledgement?.replayed).toBe(true);
  expect((await client.listComments({ projectId, taskId })).comments).toHaveLength(1);
});

test("a refusal that comes after a lost answer is not certain", async () => {
  const [mine, theirs, taskId] = [await mapper(), await mapper(), ++tasks];
  await theirs.lockTask({ projectId, taskId, purpose });
  proxy.answersToLose = 1;
  const refused = await mine.lockTask({ projectId, taskId, purpose }).catch((error) => error);
  expect(refused).toMatchObject({ reason: "TASK_LOCKED", isCertain: false });
});

test("an aborted call rejects with the reason of its signal, and is not tried again", async () => {
  const client = await mapper();
  const reason = new Error("no longer wanted");
  await expect(client.getCurrentUser({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("calls that are refused at once refresh the session once, and the new pair is stored before it is used", async () => {
  const { refreshToken } = await createClient(viaProxy()).createSession({ name: `mapper-${++mappers}` });
  const saved: string[] = [];
  const store = { save: (tokens: { refreshToken: string }) => void saved.push(tokens.refreshToken) };
  const credentials = session({ accessToken: "worn out", refreshToken }, store);
  const client = createClient({ ...viaProxy(), credentials });
  const users = await Promise.all([1, 2, 3].map(() => client.getCurrentUser({})));
  expect(new Set(users.map(({ user }) => user?.userId)).size).toBe(1);
  expect(saved).toHaveLength(1);
  expect(saved[0]).not.toBe(refreshToken);
});

test("a session that another process refreshed is read from the store", async () => {
  const first = await createClient(viaProxy()).createSession({ name: `mapper-${++mappers}` });
  const newest = await createClient(viaProxy()).refreshSession({ refreshToken: first.refreshToken });
  const store = { load: () => newest, save: () => expect.unreachable() };
  const credentials = session({ accessToken: "worn out", refreshToken: first.refreshToken }, store);
  const { user } = await createClient({ ...viaProxy(), credentials }).getCurrentUser({});
  expect(user?.userId).toBeDefined();
});

test("a personal access token and a service account get access tokens of their own", async () => {
  const name = `mapper-${++mappers}`;
  const person = createClient({
    ...viaProxy(),
    credentials: session(await createClient(viaProxy()).createSession({ name })),
  });
  const scopes = ["account"];
  const made = await person.createPersonalAccessToken({
    name: "script",
    scopes,
    lifetime: { seconds: 86_400n },
  });
  const script = createClient({ ...viaProxy(), credentials: personalAccessToken(made.personalAccessToken) });
  expect((await script.getCurrentUser({})).user?.name).toBe(name);

  const admin = await createClient(viaProxy()).createSession({ name: "administrator" });
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const account = { clientId: "exporter", description: "a program", scopes: ["account"] };
  await createClient({ ...viaProxy(), credentials: session(admin) }).createServiceAccount({
    ...account,
    jwk: JSON.stringify(await exportJWK(publicKey)),
  });
  const key = { clientId: "exporter", privateJwk: await exportJWK(privateKey), audience: ISSUER };
  const machine = createClient({ ...viaProxy(), credentials: serviceAccount(key) });
  const users = await Promise.all([machine.getCurrentUser({}), machine.getCurrentUser({})]);
  expect(users.map(({ user }) => user?.kind)).toEqual([UserKind.SERVICE, UserKind.SERVICE]);
});

test("pages follow each other until the list ends", async () => {
  const client = await mapper();
  const counts: number[] = [];
  const ids: number[] = [];
  for await (const { tasks } of client.pages.listTasks({ projectId, pageSize: 5 })) {
    counts.push(tasks.length);
    ids.push(...tasks.map(({ taskId }) => taskId));
  }
  expect(counts.length).toBeGreaterThan(1);
  expect(ids).toEqual(ids.map((_, at) => at + 1));
});
