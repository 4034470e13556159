import { create } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { Permission, ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionOutcome } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { requestId } from "./door.ts";
import type { TestSystem } from "./system.ts";

export type World = Awaited<ReturnType<typeof world>>;
type Headers = { headers: { authorization: string } };

/** Half a degree square: more than a hundred squares at zoom 13. */
const SQUARE = {
  coordinates: [10, 10, 10.5, 10, 10.5, 10.5, 10, 10.5, 10, 10],
  ringLengths: [5],
  polygonLengths: [1],
};
const ZOOM = 13;
const LONGEST_SECONDS = 604_800;

/** Mappers are never the same person twice: each may hold one task. */
let mappers = 1_000;

/** Projects in every status with tasks in every state, and people of every kind: the ground on which cases play. */
export async function world(system: TestSystem) {
  const admin = await system.signIn("administrator");
  const validator = await system.signIn("validator");
  // What an earlier world left in the hands of the two who are the same in all of them.
  await system.databases.task.sql`delete from lock_slots`;
  const newMapper = () => system.signIn(`mapper-${++mappers}`);
  const mapper = await newMapper();

  const projectOf = (difference: { mappingPermission?: Permission }, ...statuses: ProjectStatus[]) =>
    createProject(system, admin, difference, statuses);
  const { PUBLISHED, ARCHIVED } = ProjectStatus;
  const published = await projectOf({}, PUBLISHED);
  await cut(system, admin, published);
  const uncut = await projectOf({}, PUBLISHED);
  const draft = await projectOf({});
  const archived = await projectOf({}, PUBLISHED, ARCHIVED);
  const advanced = await projectOf({ mappingPermission: Permission.LEVEL }, PUBLISHED);

  let tasks = 0;
  const newTask = () => ++tasks;
  const place = (taskId: number) => ({ projectId: published, taskId });
  const lock = async (taskId: number, who: Headers, purpose: LockPurpose = LockPurpose.MAPPING) => {
    const { token } = await system.task.lockTask({ requestId: requestId(), ...place(taskId), purpose }, who);
    return token;
  };
  const submit = async (taskId: number, who: Headers, lockToken: bigint, outcome: SubmissionOutcome) => {
    await system.task.submitTask({ requestId: requestId(), ...place(taskId), lockToken, outcome }, who);
  };
  return {
    system,
    admin,
    validator,
    mapper,
    newMapper,
    projects: { published, uncut, draft, archived, advanced },
    newTask,
    lock,
    revisionOf: async (projectId: number): Promise<string> => {
      const { project } = await system.project.getProject({ projectId }, admin);
      return String(project?.revision);
    },
    /** Makes a lock as old as a lock may become. */
    age: async (taskId: number): Promise<void> => {
      await system.databases.task.sql`
        update tasks set lock_time = lock_expire_time - make_interval(secs => ${LONGEST_SECONDS})
        where project_id = ${published} and task_id = ${taskId}`;
    },
    /** A task that somebody mapped. */
    mappedTask: async (who: Headers): Promise<number> => {
      const taskId = newTask();
      await submit(taskId, who, await lock(taskId, who), SubmissionOutcome.MAPPED);
      return taskId;
    },
    /** Lets the lock on a task run out. */
    expire: async (taskId: number): Promise<void> => {
      const { sql } = system.databases.task;
      const ago = sql`clock_timestamp() - interval '1 second'`;
      await sql`update tasks set lock_expire_time = ${ago} where project_id = ${published} and task_id = ${taskId}`;
      await sql`update lock_slots set expire_time = ${ago} where project_id = ${published} and task_id = ${taskId}`;
    },
  };
}

/** Cuts a project into squares, and waits until they are there. */
export async function cut(system: TestSystem, admin: Headers, projectId: number): Promise<void> {
  await system.task.createTasks({ requestId: requestId(), projectId, zoom: ZOOM }, admin);
  const { operation } = await system.task.waitOperation({ projectId, operationId: 1 }, admin);
  if (!operation?.done || operation.error) throw new Error(`no tasks: ${operation?.error?.reason}`);
}

/** A project that went through `statuses`, one after the other. */
async function createProject(
  system: TestSystem,
  admin: Headers,
  difference: { mappingPermission?: Permission },
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
