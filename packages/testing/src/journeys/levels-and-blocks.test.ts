import { randomUUID } from "node:crypto";
import { type Client, createClient } from "@connectrpc/connect";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { reasonOf } from "../ground/reason-of.ts";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const WITHIN = { timeout: 60_000, interval: 50 };
let system: TestSystem;
let ground: World;
let users: Client<typeof UserService>;
type Who = World["admin"];

beforeAll(async () => {
  const settings = { LEVEL_INTERMEDIATE_TASKS: "2", LEVEL_ADVANCED_TASKS: "100" };
  system = await testSystem(settings, { followsWork: true });
  ground = await world(system);
  users = createClient(UserService, system.connections.auth);
});

afterAll(() => system.stop());

const userIdOf = async (who: Who) => (await system.auth.getCurrentUser({}, who)).user?.userId as bigint;

/** Locks a task of the published project, for mapping. */
const lock = (taskId: number, who: Who) =>
  system.task.lockTask(
    { requestId: randomUUID(), projectId: ground.projects.published, taskId, purpose: LockPurpose.MAPPING },
    who,
  );

test("a mapper with enough tasks is raised to the next level, within seconds", async () => {
  const mapper = await system.signIn("mapper-700");
  const userId = await userIdOf(mapper);
  for (const taskId of [10, 11]) {
    const { token } = await lock(taskId, mapper);
    const result = SubmissionResult.MAPPED;
    const ofTask = { projectId: ground.projects.published, taskId };
    await system.task.submitTask({ requestId: randomUUID(), ...ofTask, lockToken: token, result }, mapper);
  }
  await vi.waitFor(async () => {
    const { user } = await users.getUser({ userId }, mapper);
    expect(user?.mappingLevel).toBe(MappingLevel.INTERMEDIATE);
  }, WITHIN);
});

test("a block is in force at once in auth, and within seconds in task, for reading as well; it ends when it is lifted", async () => {
  const mapper = await system.signIn("mapper-701");
  const userId = await userIdOf(mapper);
  await lock(20, mapper);
  await users.blockUser({ requestId: randomUUID(), userId, reason: "vandalism" }, ground.admin);
  expect(await reasonOf(system.auth.getCurrentUser({}, mapper))).toBe("USER_BLOCKED");
  const progress = () => system.task.getProgress({ projectId: ground.projects.published }, mapper);
  await vi.waitFor(async () => expect(await reasonOf(progress())).toBe("USER_BLOCKED"), WITHIN);
  expect(await reasonOf(lock(21, mapper))).toBe("USER_BLOCKED");
  const next = await system.signIn("mapper-720");
  await vi.waitFor(async () => expect(await reasonOf(lock(20, next))).toBe("OK"), WITHIN);
  expect(await reasonOf(system.project.listProjects({}, mapper))).toBe("USER_BLOCKED");
  await users.unblockUser({ requestId: randomUUID(), userId }, ground.admin);
  await vi.waitFor(async () => expect(await reasonOf(progress())).toBe("OK"), WITHIN);
});

test("a signed-out session is refused everywhere; another session of the same person continues", async () => {
  const [here, there] = [await system.signIn("mapper-702"), await system.signIn("mapper-702")];
  const { sessions } = await system.auth.listSessions({}, here);
  expect(sessions).toHaveLength(2);
  await lock(30, here);
  const token = here.headers.authorization.slice("Bearer ".length);
  const { sid } = JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString());
  await system.auth.revokeSession({ requestId: randomUUID(), sessionId: sid }, here);
  const progress = (who: Who) => system.task.getProgress({ projectId: ground.projects.published }, who);
  await vi.waitFor(async () => expect(await reasonOf(progress(here))).toBe("TOKEN_REVOKED"), WITHIN);
  expect(await reasonOf(progress(there))).toBe("OK");
});

test("a person who is deleted holds no lock any more, and every service says that it forgot", async () => {
  const mapper = await system.signIn("mapper-703");
  const userId = await userIdOf(mapper);
  await lock(40, mapper);
  await users.deleteUser({ requestId: randomUUID(), userId }, mapper);
  await vi.waitFor(async () => {
    const { deletion } = await users.getDeletion({ userId }, ground.admin);
    expect(deletion?.confirmations.map((it) => [it.service, it.confirmTime !== undefined]).sort()).toEqual([
      ["project", true],
      ["task", true],
    ]);
  }, WITHIN);
  const other = await system.signIn("mapper-704");
  expect(await reasonOf(lock(40, other))).toBe("OK");
});
