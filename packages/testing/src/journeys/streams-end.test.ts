import { randomUUID } from "node:crypto";
import { type Client, createClient } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reasonOf } from "../ground/reason-of.ts";
import { type Headers, type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

let system: TestSystem;
let ground: World;
let users: Client<typeof UserService>;

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
  users = createClient(UserService, system.connections.auth);
});

afterAll(() => system.stop());

/** Every stream of project and task that waits for news: of one project, of all, and of work under way. */
const STREAMS: [string, (projectId: number, who: Headers) => AsyncIterable<unknown>][] = [
  [
    "WatchProjectEvents",
    (projectId, who) =>
      createClient(ProjectEventService, system.connections.project).watchProjectEvents({ projectId }, who),
  ],
  ["WatchTaskEvents", (projectId, who) => system.task.watchTaskEvents({ projectId }, who)],
  ["WatchOperation", (projectId, who) => system.task.watchOperation({ projectId, operationId: 1 }, who)],
];

/** Opens a stream that stays idle behind its first message. Resolves with the reason of its end. */
async function idle(messages: AsyncIterable<unknown>): Promise<{ end: Promise<string> }> {
  const stream = messages[Symbol.asyncIterator]();
  await stream.next();
  const untilEnd = async () => {
    while (!(await stream.next()).done);
  };
  return { end: reasonOf(untilEnd()) };
}

const open = (projectId: number, who: Headers) =>
  Promise.all(STREAMS.map(([, begin]) => idle(begin(projectId, who))));
const endOf = (streams: { end: Promise<string> }[]) => Promise.all(streams.map(({ end }) => end));
const all = (reason: string) => STREAMS.map(() => reason);

test("the idle streams of a session end when the session does, and no others", async () => {
  const { sessionId, who } = await ground.newSession();
  const { who: other } = await ground.newSession();
  const [streams, [others]] = [
    await open(ground.projects.busy, who),
    await open(ground.projects.busy, other),
  ];
  await system.auth.revokeSession({ requestId: randomUUID(), sessionId }, who);
  expect(await endOf(streams)).toEqual(all("TOKEN_REVOKED"));
  expect(await Promise.race([others?.end, "open"])).toBe("open");
});

test("the idle streams of somebody who is blocked end", async () => {
  const { who, userId } = await ground.newPerson();
  const streams = await open(ground.projects.busy, who);
  await users.blockUser({ requestId: randomUUID(), userId: BigInt(userId), reason: "Spam." }, ground.admin);
  expect(await endOf(streams)).toEqual(all("USER_BLOCKED"));
});

/** Changes a project as its administrator does. */
async function set(projectId: number, path: string, fields: object): Promise<void> {
  const { project } = await system.project.getProject({ projectId }, ground.admin);
  const change = { project: { projectId, ...fields }, updateMask: { paths: [path] } };
  const expectedRevision = project?.revision ?? 0n;
  await system.project.updateProject({ requestId: randomUUID(), ...change, expectedRevision }, ground.admin);
}

test("the idle streams about a private project end for a person who may not see it any more", async () => {
  const { who, userId } = await ground.newPerson();
  const projectId = ground.projects.busy;
  await set(projectId, "private", { private: true });
  await set(projectId, "allowed_user_ids", { allowedUserIds: [BigInt(userId)] });
  const sees = () => reasonOf(system.task.getProgress({ projectId }, who));
  await expect.poll(sees).toBe("OK");
  const streams = await open(projectId, who);
  await set(projectId, "allowed_user_ids", { allowedUserIds: [] });
  expect(await endOf(streams)).toEqual(all("PROJECT_NOT_FOUND"));
  await set(projectId, "private", { private: false });
  await expect.poll(sees).toBe("OK");
});
