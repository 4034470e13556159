import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { OperationState } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import type { TestSystem } from "../system.ts";
import { requestId } from "./door.ts";

export type World = Awaited<ReturnType<typeof world>>;
export type Headers = { headers: { authorization: string } };

/** Half a degree square: 576 squares at the zoom of the project that most cases play in. */
const SQUARE = {
  coordinates: [10, 10, 10.5, 10, 10.5, 10.5, 10, 10.5, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};
const ZOOM = 14;
/** A dozen squares. */
const COARSE = 11;
const LONGEST_SECONDS = 604_800;
const TASKS_MAX = 100_000;
const UNDER_WAY_MAX = 10;

/** Mappers are never the same person twice: each may hold one task. */
let mappers = 1_000;

/** Projects in every status with tasks in every state, and people of every kind: the ground on which cases play. */
export async function world(system: TestSystem) {
  const { sql } = system.databases.task;
  const admin = await system.signIn("administrator");
  const validator = await system.signIn("validator");
  // What an earlier world left in the hands of those who are the same in all of them.
  await sql`delete from lock_slots`;
  const newMapper = () => system.signIn(`mapper-${++mappers}`);
  const mapper = await newMapper();
  const projects = await createProjects(system, admin);
  const { published, spare } = projects;
  const persons = people(system, admin);
  const { userId: somebodyElse } = await persons.newPerson();
  let tasks = 0;
  const newTask = () => ++tasks;
  let fullTasks = 0;
  const taskAt = (taskId: number) => ({ projectId: published, taskId });
  const lock = async (
    taskId: number,
    who: Headers,
    purpose: LockPurpose = LockPurpose.MAPPING,
    projectId: number = published,
  ) => {
    const { token } = await system.task.lockTask({ requestId: requestId(), projectId, taskId, purpose }, who);
    return token;
  };
  const submit = async (taskId: number, who: Headers, lockToken: bigint, result: SubmissionResult) => {
    await system.task.submitTask({ requestId: requestId(), ...taskAt(taskId), lockToken, result }, who);
  };
  return {
    system,
    admin,
    validator,
    mapper,
    newMapper,
    somebodyElse,
    projects,
    newTask,
    /** A task of the project that is full. */
    newFullTask: () => ++fullTasks,
    lock,
    /** A task that somebody mapped. */
    mappedTask: async (who: Headers): Promise<number> => {
      const taskId = newTask();
      await submit(taskId, who, await lock(taskId, who), SubmissionResult.MAPPED);
      return taskId;
    },
    /** A task that is reserved for somebody who is none of those here. */
    assignedTask: async (): Promise<number> => {
      const taskId = newTask();
      const to = { ...taskAt(taskId), userId: BigInt(somebodyElse), reservation: { seconds: 3_600n } };
      await system.task.assignTask({ requestId: requestId(), ...to }, admin);
      return taskId;
    },
    /** The task of the spare project at a point, with a report. */
    reportedTask: async (details: { longitude: number; latitude: number }): Promise<number> => {
      const request = { requestId: requestId(), ...details, projectId: spare, category: "missed-feature" };
      const { taskId } = await system.task.createReport(request, mapper);
      return taskId;
    },
    ...acts(system, admin, published),
    ...persons,
    ...ages(system, published),
  };
}

/** What becomes of people. */
function people(system: TestSystem, admin: Headers) {
  const { sql } = system.databases.auth;
  const client = createClient(UserService, system.connections.auth);
  const newPerson = async () => {
    const who = await system.signIn(`mapper-${++mappers}`);
    const { user } = await system.auth.getCurrentUser({}, who);
    return { who, userId: Number(user?.userId), revision: String(user?.revision) };
  };
  return {
    newPerson,
    /** The administrator, as a user. */
    administrator: async () => {
      const { user } = await system.auth.getCurrentUser({}, admin);
      return { userId: Number(user?.userId), revision: String(user?.revision) };
    },
    /** Somebody who is blocked. */
    blockedPerson: async (): Promise<number> => {
      const { userId } = await newPerson();
      await client.blockUser({ requestId: requestId(), userId: BigInt(userId), reason: "Spam." }, admin);
      return userId;
    },
    /** The number of somebody who was deleted. */
    deletedPerson: async (): Promise<number> => {
      const { userId } = await newPerson();
      await client.deleteUser({ requestId: requestId(), userId: BigInt(userId) }, admin);
      return userId;
    },
    /** A program that may call what services call: its token is made from its session, repeatedly. */
    newService: async (): Promise<Headers> => {
      const request = { requestId: requestId(), name: `mapper-${++mappers}` };
      const { acknowledgement } = await system.auth.createSession(request);
      const sessionId = acknowledgement?.name.split("/")[1] ?? "";
      await sql`update sessions set scopes = array['services'] where session_id = ${sessionId}`;
      const { accessToken } = await system.auth.createSession(request);
      return { headers: { authorization: `Bearer ${accessToken}` } };
    },
    /** The id of an event that only administrators see. */
    newEvent: async (): Promise<string> => {
      const [row] = await sql<{ event_id: string }[]>`
        insert into events (kind, actor) values (10, 0) returning event_id`;
      const eventId = row?.event_id ?? "";
      for (let tries = 0; tries < 100; tries++) {
        const [placed] = await sql`
          select from events where event_id = ${eventId} and position is not null`;
        if (placed) return eventId;
        await sleep(50);
      }
      throw new Error("the event gets no place");
    },
    /** Lets the first event be older than events are kept. */
    forgetFirstEvent: async (): Promise<void> => {
      await sql`
        update events_floor set position = e.position, hash = e.hash from events e
        where e.position = 1 and events_floor.position < 1`;
    },
  };
}

/** What people do and read there. */
function acts(system: TestSystem, admin: Headers, published: number) {
  const taskAt = (taskId: number) => ({ projectId: published, taskId });
  return {
    newDraft: () => createProject(system, admin, {}, []),
    newSession: async () => {
      const name = `mapper-${++mappers}`;
      const created = await system.auth.createSession({ requestId: requestId(), name });
      const sessionId = created.acknowledgement?.name.split("/")[1] ?? "";
      return { sessionId, who: { headers: { authorization: `Bearer ${created.accessToken}` } } };
    },
    revisionOf: async (projectId: number): Promise<string> => {
      const { project } = await system.project.getProject({ projectId }, admin);
      return String(project?.revision);
    },
    taskRevision: async (taskId: number): Promise<string> => {
      const { task } = await system.task.getTask(taskAt(taskId));
      return String(task?.revision);
    },
    comment: async (taskId: number, who: Headers): Promise<void> => {
      await system.task.createComment({ requestId: requestId(), ...taskAt(taskId), text: "Well." }, who);
    },
    /** Releases all locks of a person. */
    releaseAll: async (who: Headers): Promise<void> => {
      const { locks } = await system.task.listHeldLocks({}, who);
      for (const { projectId, taskId } of locks) {
        await system.task.releaseLock({ requestId: requestId(), projectId, taskId }, who);
      }
    },
  };
}

/** What no command does: time that passes. */
function ages({ databases }: TestSystem, projectId: number) {
  const { sql } = databases.task;
  return {
    /** Makes a lock as old as a lock may become. */
    age: async (taskId: number): Promise<void> => {
      await sql`
        update tasks set lock_time = lock_expire_time - make_interval(secs => ${LONGEST_SECONDS})
        where project_id = ${projectId} and task_id = ${taskId}`;
    },
    /** Lets the lock on a task expire. Its slot stays as it is, so that no sweeper writes the end down meanwhile. */
    expire: async (taskId: number): Promise<void> => {
      await sql`
        update tasks set lock_expire_time = clock_timestamp() - interval '1 second'
        where project_id = ${projectId} and task_id = ${taskId}`;
    },
    /** Lets a reservation expire. */
    endAssignment: async (taskId: number): Promise<void> => {
      await sql`
        update tasks set assigned_until = clock_timestamp() - interval '1 second'
        where project_id = ${projectId} and task_id = ${taskId}`;
    },
  };
}

/** Makes a task a square of the deepest zoom, which has no parts. */
export async function deepen({ databases }: TestSystem, projectId: number, taskId: number): Promise<void> {
  await databases.task.sql`
    update task_areas set zoom = 24, x = 8388608, y = 8388607
    where project_id = ${projectId} and task_id = ${taskId}`;
}

async function createProjects(system: TestSystem, admin: Headers) {
  const { PUBLISHED, ARCHIVED } = ProjectStatus;
  const projectOf = (difference: object, ...statuses: ProjectStatus[]) =>
    createProject(system, admin, difference, statuses);
  const projects = {
    published: await projectOf({}, PUBLISHED),
    uncut: await projectOf({}, PUBLISHED),
    draft: await projectOf({}),
    archived: await projectOf({}, PUBLISHED, ARCHIVED),
    advanced: await projectOf({ mappingPermission: Permission.LEVEL }, PUBLISHED),
    /** A project whose tasks any number of people may lock. */
    spare: await projectOf({}, PUBLISHED),
    claimed: await projectOf({ claimOnly: true }, PUBLISHED),
    /** Has as many tasks as a project may have, by their numbers. */
    full: await projectOf({}, PUBLISHED),
    /** Starts the largest number of operations of a project, none of which advances. */
    busy: await projectOf({}, PUBLISHED),
  };
  const { published, spare, claimed, advanced, full, archived, busy } = projects;
  await Promise.all([
    cut(system, admin, published, ZOOM),
    ...[spare, claimed, advanced, full].map((projectId) => cut(system, admin, projectId, COARSE)),
  ]);
  await system.databases.task
    .sql`update task_sets set last_task_id = ${TASKS_MAX} where project_id = ${full}`;
  await copyTasks(system, spare, archived);
  await system.databases.task.sql`
    insert into operations (project_id, operation_id, kind, request, user_id, state, start_time, update_time, revision,
      lease_until)
    select ${busy}, id, 'BatchUpdateTasks', '', 1, ${OperationState.RUNNING}, now(), now(), 1, now() + interval '1 day'
    from generate_series(1, ${UNDER_WAY_MAX}) as id`;
  return projects;
}

/** Gives an archived project, which takes no new ones, the tasks of another. */
async function copyTasks({ databases }: TestSystem, from: number, to: number): Promise<void> {
  const { sql } = databases.task;
  for (const table of ["tasks", "task_areas", "task_sets"]) {
    await sql`
      insert into ${sql(table)}
      select (jsonb_populate_record(t, jsonb_build_object('project_id', ${to}::integer))).*
      from ${sql(table)} t where project_id = ${from}`;
  }
}

/** Cuts a project into squares, and waits until they are there. */
export async function cut(
  system: TestSystem,
  admin: Headers,
  projectId: number,
  zoom: number,
): Promise<void> {
  await system.task.createTasks({ requestId: requestId(), projectId, zoom }, admin);
  const { operation } = await system.task.waitOperation({ projectId, operationId: 1 }, admin);
  if (!operation?.done || operation.error) throw new Error(`no tasks: ${operation?.error?.reason}`);
}

/** A project that went through `statuses`, one after the other. */
export async function createProject(
  system: TestSystem,
  admin: Headers,
  difference: object,
  statuses: ProjectStatus[],
): Promise<number> {
  const project = { name: "Ground", area: create(MultiPolygonSchema, SQUARE), ...difference };
  const created = await system.project.createProject({ requestId: requestId(), project }, admin);
  const projectId = Number(created.acknowledgement?.name.split("/")[1]);
  let expectedRevision = 1n;
  for (const status of statuses) {
    const change = { project: { projectId, status }, updateMask: { paths: ["status"] }, expectedRevision };
    await system.project.updateProject({ requestId: requestId(), ...change }, admin);
    expectedRevision += 1n;
  }
  return projectId;
}

/** The token in what somebody's calls carry. */
export function tokenOf({ headers }: Headers): string {
  return headers.authorization.slice("Bearer ".length);
}
