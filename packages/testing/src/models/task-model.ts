import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Command } from "./task-model-commands.ts";

export type Role = "mapper" | "validator" | "manager";

interface HeldLock {
  holder: bigint;
  purpose: LockPurpose;
  token: bigint;
}

/** What belongs to a state, and holds again when the next state is undone. */
interface Standing {
  state: TaskState;
  stateRevision: bigint;
  stateBy: bigint;
  mappedBy: bigint;
  validatedBy: bigint;
}

export interface ModelEvent {
  revision: bigint;
  kind: TaskEventKind;
  actor: bigint;
  from: TaskState;
  to: TaskState;
  lock?: HeldLock | undefined;
  submissionId?: number;
  commentId?: number;
  assignedTo?: bigint;
  parentId?: number;
}

export interface ModelTask extends Standing {
  id: number;
  revision: bigint;
  lock?: HeldLock | undefined;
  /** The last lock, if it expired and nobody has locked the task since. */
  lapsed?: HeldLock | undefined;
  assignedTo: bigint;
  submissions: number;
  comments: number;
  events: ModelEvent[];
  /** What stood before the event of each revision that gave a state. */
  befores: Record<string, Standing>;
}

/** A project, its tasks, and who takes part. */
export interface Model {
  tasks: ModelTask[];
  roles: Map<bigint, Role>;
  limits: Record<number, number>;
}

/** The outcome of a command: what the acknowledgement names below the project, and the rest of the answer. */
export interface Outcome {
  name: string;
  revision: bigint;
  created?: boolean;
  tokens?: bigint[];
}

export class ModelRefusal extends Error {}

const { READY, MAPPED, VALIDATED, INVALIDATED, BAD_IMAGERY, SPLIT } = TaskState;
const { MAPPING, VALIDATION } = LockPurpose;

export function newTask(id: number, creation: Pick<ModelEvent, "kind" | "actor" | "parentId">): ModelTask {
  const none = { stateRevision: 0n, stateBy: 0n, mappedBy: 0n, validatedBy: 0n, assignedTo: 0n };
  const events = [{ revision: 1n, from: 0, to: READY, ...creation } as ModelEvent];
  return { id, state: READY, revision: 1n, ...none, submissions: 0, comments: 0, events, befores: {} };
}

/** Does a command, or throws a ModelRefusal. `chosen` are the tasks that the system chose or made, and that it may. */
export function perform(model: Model, command: Command, chosen: readonly number[]): Outcome {
  const { who, taskId } = command;
  const find = (id: number) => model.tasks.find((it) => it.id === id) ?? refuse("TASK_NOT_FOUND");
  const path = `tasks/${taskId}`;
  switch (command.kind) {
    case "lock": {
      const { task, created } = lock(model, who, taskId, command.purpose);
      const tokens = [task.lock?.token ?? 0n];
      return { name: `${path}/lock`, revision: task.revision, created, tokens };
    }
    case "lockMany": {
      const taken = command.taskIds.map((id) => lock(model, who, id, command.purpose));
      return { name: "locks", revision: 0n, tokens: taken.map(({ task }) => task.lock?.token ?? 0n) };
    }
    case "claim":
      return claim(model, who, command.purpose, chosen[0]);
    case "extend":
      return { name: `${path}/lock`, revision: extend(model, who, () => find(taskId), command.token) };
    case "release":
      return { name: `${path}/lock`, revision: release(model, command, () => find(taskId)) };
    case "submit": {
      const submissionId = submit(model, command, () => find(taskId));
      return { name: `${path}/submissions/${submissionId}`, revision: 1n };
    }
    case "undo":
      return { name: path, revision: undo(model, who, find(taskId), command.expectedRevision) };
    case "split":
      return { name: `${path}/subtasks`, revision: split(model, command, find(taskId), chosen) };
    case "assign":
      manages(model, who);
      return { name: `${path}/assignment`, revision: assign(find(taskId), who, command.to) };
    case "unassign":
      manages(model, who);
      return { name: `${path}/assignment`, revision: unassign(find(taskId), who) };
    case "comment": {
      const task = find(taskId);
      task.comments += 1;
      happen(task, TaskEventKind.COMMENTED, who, { commentId: task.comments });
      return { name: `${path}/comments/${task.comments}`, revision: 1n };
    }
  }
}

function refuse(reason: string): never {
  throw new ModelRefusal(reason);
}

function manages(model: Model, who: bigint): void {
  if (model.roles.get(who) !== "manager") refuse("NOT_MANAGER");
}

function mayWork(model: Model, who: bigint, purpose: LockPurpose): void {
  if (purpose === VALIDATION && model.roles.get(who) === "mapper") refuse("LEVEL_TOO_LOW");
}

function happen(task: ModelTask, kind: TaskEventKind, actor: bigint, more: Partial<ModelEvent> = {}): bigint {
  const { state, stateRevision, stateBy, mappedBy, validatedBy } = task;
  const to = more.to ?? state;
  task.revision += 1n;
  task.events.push({ revision: task.revision, kind, actor, from: state, to, ...more });
  if (more.to === undefined) return task.revision;
  task.befores[String(task.revision)] = { state, stateRevision, stateBy, mappedBy, validatedBy };
  Object.assign(task, { state: to, stateRevision: task.revision, stateBy: actor });
  return task.revision;
}

/** Lets the lock on a task expire. It may be written down only later, but before whatever happens next. */
export function lapse(task: ModelTask): void {
  const { lock } = task;
  task.lock = undefined;
  happen(task, TaskEventKind.LOCK_EXPIRED, 0n, { lock });
  task.lapsed = lock;
}

function lock(model: Model, who: bigint, taskId: number, purpose: LockPurpose) {
  mayWork(model, who, purpose);
  const held = model.tasks.filter(({ lock }) => lock?.holder === who && lock.purpose === purpose);
  if (held.filter(({ id }) => id !== taskId).length >= (model.limits[purpose] ?? 0)) {
    refuse("LOCK_LIMIT_REACHED");
  }
  const task = model.tasks.find(({ id }) => id === taskId) ?? refuse("TASK_NOT_FOUND");
  if (held.includes(task)) return { task, created: false };
  const manager = model.roles.get(who) === "manager";
  if (task.lock) refuse("TASK_LOCKED");
  const states: TaskState[] = purpose === MAPPING ? [READY, INVALIDATED] : [MAPPED, BAD_IMAGERY, INVALIDATED];
  if (!states.includes(task.state)) refuse("TASK_STATE_NOT_LOCKABLE");
  if (purpose === MAPPING && ![0n, who].includes(task.assignedTo) && !manager) refuse("TASK_ASSIGNED");
  if (purpose === VALIDATION && task.mappedBy === who && !manager) refuse("OWN_MAPPING");
  task.lapsed = undefined;
  task.lock = { holder: who, purpose, token: task.revision + 1n };
  happen(task, TaskEventKind.LOCKED, who, { lock: task.lock });
  return { task, created: true };
}

function claim(model: Model, who: bigint, purpose: LockPurpose, chosen: number | undefined): Outcome {
  mayWork(model, who, purpose);
  const held = model.tasks.filter(({ lock }) => lock?.holder === who && lock.purpose === purpose);
  if (held.length >= (model.limits[purpose] ?? 0)) refuse("LOCK_LIMIT_REACHED");
  const states: TaskState[] = purpose === MAPPING ? [READY, INVALIDATED] : [MAPPED, BAD_IMAGERY];
  const free = model.tasks.filter((it) => !it.lock && states.includes(it.state));
  const fit = free.filter((it) =>
    purpose === MAPPING ? [0n, who].includes(it.assignedTo) : it.mappedBy !== who,
  );
  const last = model.roles.get(who) === "manager" && purpose === VALIDATION ? free : [];
  const choice = fit.length > 0 ? fit : last;
  if (choice.length === 0) refuse("NO_TASK_AVAILABLE");
  const task = choice.find(({ id }) => id === chosen);
  if (task === undefined) throw new Error(`task ${chosen} was given, of ${choice.map(({ id }) => id)}`);
  lock(model, who, task.id, purpose);
  return { name: `tasks/${task.id}/lock`, revision: task.revision, tokens: [task.revision] };
}

/** Whether the last that happened may not be written down yet. */
export function isOpen({ events }: ModelTask): boolean {
  return events.at(-1)?.kind === TaskEventKind.LOCK_EXPIRED;
}

/** The caller's own lock on a task, by its token; 0 for whichever it is. */
function own(task: ModelTask, who: bigint, token: bigint): HeldLock {
  if (task.lapsed?.holder === who) refuse("LOCK_EXPIRED");
  if (task.lock?.holder !== who) refuse("LOCK_NOT_HELD");
  if (token !== 0n && token !== task.lock.token) refuse("LOCK_TOKEN_STALE");
  return task.lock;
}

function extend(model: Model, who: bigint, find: () => ModelTask, token: bigint): bigint {
  mayWork(model, who, MAPPING);
  const task = find();
  return happen(task, TaskEventKind.LOCK_EXTENDED, who, { lock: own(task, who, token) });
}

function release(
  model: Model,
  { who, token, force }: Command & { kind: "release" },
  find: () => ModelTask,
): bigint {
  if (force) manages(model, who);
  const task = find();
  const { lock } = task;
  if (force && !lock) refuse("LOCK_NOT_FOUND");
  if (force && token !== 0n && token !== lock?.token) refuse("LOCK_TOKEN_STALE");
  if (!force) own(task, who, token);
  const kind = lock?.holder === who ? TaskEventKind.LOCK_RELEASED : TaskEventKind.LOCK_FORCED;
  task.lock = undefined;
  return happen(task, kind, who, { lock });
}

function submit(
  model: Model,
  { who, token, result }: Command & { kind: "submit" },
  find: () => ModelTask,
): number {
  const maps = result === SubmissionResult.MAPPED || result === SubmissionResult.BAD_IMAGERY;
  mayWork(model, who, maps ? MAPPING : VALIDATION);
  const task = find();
  const lock = own(task, who, token);
  if ((lock.purpose === MAPPING) !== maps) refuse("RESULT_NOT_ALLOWED");
  task.submissions += 1;
  task.lock = undefined;
  const to = [READY, MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED][result] as TaskState;
  const ended = maps && { assignedTo: task.assignedTo };
  happen(task, TaskEventKind.SUBMITTED, who, { lock, to, submissionId: task.submissions, ...ended });
  Object.assign(task, maps ? { mappedBy: who, assignedTo: 0n } : { validatedBy: who });
  return task.submissions;
}

function undo(model: Model, who: bigint, task: ModelTask, expectedRevision: bigint): bigint {
  if (expectedRevision !== task.revision) refuse("TASK_CHANGED");
  if (task.lock) refuse("TASK_LOCKED");
  const before = task.befores[String(task.stateRevision)];
  if (task.state === READY || task.state === SPLIT || !before) refuse("NOTHING_TO_UNDO");
  if (model.roles.get(who) === "mapper" && task.stateBy !== who) refuse("UNDO_NOT_PERMITTED");
  happen(task, TaskEventKind.UNDONE, who, { to: before.state });
  Object.assign(task, before);
  return task.revision;
}

function split(
  model: Model,
  { who, token }: Command & { kind: "split" },
  task: ModelTask,
  parts: readonly number[],
): bigint {
  const lock = own(task, who, token);
  if (lock.purpose !== MAPPING) refuse("RESULT_NOT_ALLOWED");
  task.lock = undefined;
  happen(task, TaskEventKind.SPLIT, who, { lock, to: SPLIT, assignedTo: task.assignedTo });
  task.assignedTo = 0n;
  const last = model.tasks.length;
  if (parts.length < 2 || parts.length > 4) throw new Error(`split into ${parts.length}`);
  for (const [index, id] of parts.entries()) {
    if (id !== last + index + 1) throw new Error(`part ${id} after task ${last + index}`);
    const creation = { kind: TaskEventKind.SUBTASK_CREATED, actor: who, parentId: task.id };
    model.tasks.push(newTask(id, creation));
  }
  return task.revision;
}

function assign(task: ModelTask, who: bigint, to: bigint): bigint {
  if (task.state !== READY && task.state !== INVALIDATED) refuse("TASK_STATE_NOT_ASSIGNABLE");
  if (![0n, to].includes(task.assignedTo)) unassign(task, who);
  task.assignedTo = to;
  return happen(task, TaskEventKind.ASSIGNED, who, { assignedTo: to });
}

function unassign(task: ModelTask, who: bigint): bigint {
  if (task.assignedTo === 0n) refuse("ASSIGNMENT_NOT_FOUND");
  const assignedTo = task.assignedTo;
  task.assignedTo = 0n;
  return happen(task, TaskEventKind.UNASSIGNED, who, { assignedTo });
}
