import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "@connectrpc/connect";
import { MemberFunction } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import { TeamService } from "@tessera/contracts/tessera/auth/v1/team_service_pb.ts";
import { MappingLevel } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { AccessService } from "@tessera/contracts/tessera/project/v1/access_service_pb.ts";
import { Permission, type Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { reasonOf } from "../ground/reason-of.ts";
import { teamStage } from "../ground/team-ground.ts";
import { type World, world } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

const BETWEEN_MS = 25;
let system: TestSystem;
let ground: World;
let users: Client<typeof UserService>;
let teams: Client<typeof TeamService>;
type Stage = Awaited<ReturnType<typeof teamStage>>;
type Who = World["admin"];

beforeAll(async () => {
  system = await testSystem();
  ground = await world(system);
  users = createClient(UserService, system.connections.auth);
  teams = createClient(TeamService, system.connections.auth);
});

afterAll(() => system.stop());

/** Locks a task of the published project for a user and releases it: OK, or the reason of the refusal. */
async function work(who: Who, taskId: number): Promise<string> {
  const task = { projectId: ground.projects.published, taskId };
  const purpose = LockPurpose.MAPPING;
  const locked = await reasonOf(system.task.lockTask({ requestId: requestId(), ...task, purpose }, who));
  // Somebody who is blocked meanwhile can release nothing, and holds nothing.
  if (locked === "OK") await reasonOf(system.task.releaseLock({ requestId: requestId(), ...task }, who));
  return locked;
}

/** Retries until the answer is `expected`; it must stay so. */
async function until(expected: string, answer: () => Promise<string>): Promise<void> {
  while ((await answer()) !== expected) await sleep(BETWEEN_MS);
  for (let more = 0; more < 10; more++) expect(await answer()).toBe(expected);
}

async function change(fields: Partial<Omit<Project, "$typeName" | "$unknown">>): Promise<void> {
  const projectId = ground.projects.published;
  const paths = Object.keys(fields).map((name) => name.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`));
  const expectedRevision = BigInt(await ground.revisionOf(projectId));
  await system.project.updateProject(
    { requestId: requestId(), project: { projectId, ...fields }, updateMask: { paths }, expectedRevision },
    ground.admin,
  );
}

const setMember = ({ teamId, lead }: Stage, userId: number) =>
  teams.setTeamMember(
    { requestId: requestId(), teamId, userId: BigInt(userId), function: MemberFunction.MEMBER },
    lead.who,
  );
const removeMember = ({ teamId, lead }: Stage, userId: number) =>
  teams.removeTeamMember({ requestId: requestId(), teamId, userId: BigInt(userId) }, lead.who);

test("a new member of a team works at once, and a removed one does not", async () => {
  const stage = await teamStage(ground);
  const { who, userId } = await ground.newPerson();
  const taskId = ground.newTask();
  await change({
    mappingPermission: Permission.TEAMS,
    teams: [{ teamId: stage.teamId, role: ProjectRole.MAPPER } as never],
  });
  await until("NOT_IN_TEAM", () => work(who, taskId));
  await setMember(stage, userId);
  await until("OK", () => work(who, taskId));
  await removeMember(stage, userId);
  await until("NOT_IN_TEAM", () => work(who, taskId));
  await change({ mappingPermission: Permission.ANY, teams: [] });
});

test("a level that is set counts in the task service", async () => {
  const { who, userId } = await ground.newPerson();
  const taskId = ground.newTask();
  await change({ mappingPermission: Permission.LEVEL, mappingLevel: MappingLevel.ADVANCED });
  await until("LEVEL_TOO_LOW", () => work(who, taskId));
  const { user } = await users.getUser({ userId: BigInt(userId) }, ground.admin);
  const level = { userId: BigInt(userId), mappingLevel: MappingLevel.ADVANCED };
  await users.setMappingLevel(
    { requestId: requestId(), ...level, expectedRevision: user?.revision ?? 0n },
    ground.admin,
  );
  await until("OK", () => work(who, taskId));
  await change({ mappingPermission: Permission.ANY });
});

test("a project that is made private is gone for others: its tasks, its events, its counts, and what lies at a point", async () => {
  const { who } = await ground.newPerson();
  const projectId = ground.projects.published;
  const taskId = ground.newTask();
  expect(await work(who, taskId)).toBe("OK");
  const at = { longitude: 10.26, latitude: 10.26 };
  const found = async () =>
    (await system.task.searchTasks(at, who)).tasks.filter((it) => it.projectId === projectId).length;
  expect(await found()).toBe(1);

  await change({ private: true });
  await until("PROJECT_NOT_FOUND", () => reasonOf(system.task.getProgress({ projectId }, who)));
  expect(await work(who, taskId)).toBe("PROJECT_NOT_FOUND");
  expect(await found()).toBe(0);
  expect(await reasonOf(system.project.getProject({ projectId }, who))).toBe("PROJECT_NOT_FOUND");

  const leaving = new AbortController();
  const seen: number[] = [];
  const stream = system.task.watchTaskEvents({ fromStart: true }, { ...who, signal: leaving.signal });
  const reading = (async () => {
    for await (const { event } of stream) if (event) seen.push(event.projectId);
  })().catch(() => {});
  await expect.poll(() => seen.includes(ground.projects.spare)).toBe(true);
  // Events here go to its managers only; later events elsewhere arrive.
  await work(ground.admin, taskId);
  leaving.abort();
  await reading;
  expect(seen).not.toContain(projectId);
  expect(seen).not.toContain(ground.projects.draft);

  await change({ private: false });
  await until("OK", () => work(who, taskId));
});

test("a person who is blocked while a team gets a role is refused, and stays so", async () => {
  const stage = await teamStage(ground);
  await change({
    mappingPermission: Permission.TEAMS,
    teams: [{ teamId: stage.teamId, role: ProjectRole.MAPPER } as never],
  });
  const rounds = Array.from({ length: 6 }, async (_, round) => {
    const { who, userId } = await ground.newPerson();
    const taskId = ground.newTask();
    if (round % 2 === 0) await work(who, taskId);
    const block = { requestId: requestId(), userId: BigInt(userId), reason: "vandalism" };
    await Promise.all([users.blockUser(block, ground.admin), setMember(stage, userId).catch(() => {})]);
    return until("USER_BLOCKED", async () => {
      const answer = await work(who, taskId);
      expect(["OK", "NOT_IN_TEAM", "USER_BLOCKED"]).toContain(answer);
      return answer;
    });
  });
  await Promise.all(rounds);
  await change({ mappingPermission: Permission.ANY, teams: [] });
});

test("a service reads the access of many people at once; blocked people are among those without access", async () => {
  const accesses = createClient(AccessService, system.connections.project);
  const service = await ground.newService();
  const [here, blocked] = [await ground.newPerson(), await ground.newPerson()];
  const [userId, blockedId] = [BigInt(here.userId), BigInt(blocked.userId)];
  const projectId = ground.projects.published;
  const request = { projectId, userIds: [blockedId, userId, 999_999n] };
  const before = await accesses.batchGetUserAccess(request, service);
  expect(before.accesses.map((it) => it.userId)).toEqual([blockedId, userId]);
  expect(before.missingUserIds).toEqual([999_999n]);
  const { access } = await system.project.getAccess({ projectId }, here.who);
  expect({ ...before.accesses[1], age: undefined }).toEqual({ ...access, age: undefined });

  await users.blockUser({ requestId: requestId(), userId: blockedId, reason: "vandalism" }, ground.admin);
  const missing = async () => (await accesses.batchGetUserAccess(request, service)).missingUserIds;
  await expect.poll(missing, { interval: BETWEEN_MS }).toEqual([blockedId, 999_999n]);
  const draft = { projectId: ground.projects.draft, userIds: [userId] };
  expect(await accesses.batchGetUserAccess(draft, service)).toMatchObject({
    accesses: [],
    missingUserIds: [userId],
  });
});

test("a caller that asks for a fresh decision gets one, through the gateway too", async () => {
  const stage = await teamStage(ground);
  await change({
    mappingPermission: Permission.TEAMS,
    teams: [{ teamId: stage.teamId, role: ProjectRole.MAPPER } as never],
  });
  for (let round = 0; round < 5; round++) {
    const { who, userId } = await ground.newPerson();
    const taskId = ground.newTask();
    await until("NOT_IN_TEAM", () => work(who, taskId));
    await setMember(stage, userId);
    const fresh = { headers: { ...who.headers, "cache-control": "no-cache" } };
    expect(await work(fresh, taskId)).toBe("OK");
    await removeMember(stage, userId);
    const response = await fetch(
      `${system.url}/v1/projects/${ground.projects.published}/tasks/${taskId}/lock`,
      {
        method: "PUT",
        headers: { ...fresh.headers, "content-type": "application/json" },
        body: JSON.stringify({ purpose: "LOCK_PURPOSE_MAPPING" }),
      },
    );
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: "NOT_IN_TEAM" });
  }
  await change({ mappingPermission: Permission.ANY, teams: [] });
});
