import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { reasonOf } from "../ground/reason-of.ts";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** Longer than an answer is fresh. */
const PAST_FRESH_MS = 6_000;
const PEOPLE = 5;
let system: TestSystem;
let ground: World;
type Who = World["admin"];

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
});

afterAll(() => system.stop());

const task = (taskId: number) => ({ projectId: ground.projects.published, taskId });
const lock = (who: Who, taskId: number) =>
  system.task.lockTask({ requestId: requestId(), ...task(taskId), purpose: LockPurpose.MAPPING }, who);

async function work(who: Who, taskId: number): Promise<void> {
  await lock(who, taskId);
  await system.task.releaseLock({ requestId: requestId(), ...task(taskId) }, who);
}

test("while auth and project are unavailable, known users continue; blocked ones stay out, and strangers must wait", async () => {
  const known = await Promise.all(Array.from({ length: PEOPLE }, () => ground.newMapper()));
  const tasks = known.map(() => ground.newTask());
  const stranger = await ground.newMapper();
  const blocked = await ground.newPerson();
  for (const [index, who] of known.entries()) await work(who, tasks[index] as number);
  const blockedTask = ground.newTask();
  await work(blocked.who, blockedTask);
  const block = { userId: BigInt(blocked.userId), reason: "vandalism" };
  const users = createClient(UserService, system.connections.auth);
  await users.blockUser({ requestId: requestId(), ...block }, ground.admin);
  await expect
    // The task service needs no call for this: it has received the block itself.
    .poll(() => reasonOf(system.task.listHeldLocks({}, blocked.who)), { interval: 50 })
    .toBe("USER_BLOCKED");

  await system.stopOne("project");
  await system.stopOne("auth");
  await new Promise((resolve) => setTimeout(resolve, PAST_FRESH_MS));

  for (let round = 0; round < 4; round++) {
    for (const [index, who] of known.entries()) await work(who, tasks[index] as number);
  }
  expect(await reasonOf(lock(blocked.who, blockedTask))).toBe("USER_BLOCKED");
  const failure = await lock(stranger, ground.newTask()).catch((error: unknown) => ConnectError.from(error));
  expect(failure).toMatchObject({ code: Code.Unavailable, details: [] });
});
