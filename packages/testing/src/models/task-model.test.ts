import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import { type Lock, LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { type TaskEvent, TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { type Task, TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { type TestSystem, testSystem } from "../system.ts";
import {
  isOpen,
  lapse,
  type Model,
  type ModelEvent,
  ModelRefusal,
  type ModelTask,
  newTask,
  type Outcome,
  perform,
} from "./task-model.ts";
import {
  type Answered,
  type Command,
  commandOf,
  fits,
  MOVE,
  type Move,
  send,
  taskAt,
} from "./task-model-commands.ts";
import { type Signed, squaresInARow, userIdOf } from "./task-model-ground.ts";

const TASKS = 4;
const RUNS = 30;
const MOVES_MAX = 60;
/** The search for the shortest moves that fail ends then, too. */
const TIME_MAX_MS = 20_000;
const VALIDATION_LOCKS = 2;
/** How long an expired lock had been held. */
const LAPSED_AFTER_SECONDS = 99;

let system: TestSystem;
let people: Map<bigint, Signed>;
let roles: Model["roles"];
let admin: Signed;

beforeAll(async () => {
  system = await testSystem({ VALIDATION_LOCKS_PER_PERSON: String(VALIDATION_LOCKS) });
  admin = await system.signIn("administrator");
  const names = ["mapper-1", "mapper-2", "validator"];
  const signed = [...(await Promise.all(names.map((it) => system.signIn(it)))), admin];
  people = new Map(signed.map((it) => [userIdOf(it), it]));
  const all = ["mapper", "mapper", "validator", "manager"] as const;
  roles = new Map([...people.keys()].map((id, index) => [id, all[index] as (typeof all)[number]]));
});

afterAll(() => system?.stop());

/** One run: the system, the model, and what was sent so far. */
interface Run {
  projectId: number;
  model: Model;
  sent: { id: string; command: Command; answered: Answered }[];
}

test("whatever four people do, the service does as the model does", async () => {
  const moves = fc.array(MOVE, { minLength: 1, maxLength: MOVES_MAX, size: "max" });
  const met = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(moves, async (all) => {
      const run = await begun();
      for (const move of all) await make(run, move, met);
      await compare(run);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: TIME_MAX_MS },
  );
  console.log(
    [...met]
      .sort()
      .map(([k, v]) => `${k}=${v}`)
      .join(" "),
  );
  // The runs count only if they met what they are about.
  for (const kind of ["lock", "claim", "release", "submit", "comment"]) {
    expect(met.get(`${kind} done`) ?? 0, kind).toBeGreaterThan(0);
  }
});

async function begun(): Promise<Run> {
  // What an earlier run left in somebody's hands.
  await system.databases.task.sql`delete from lock_slots`;
  const projectId = await squaresInARow(system, admin, TASKS);
  const creation = { kind: TaskEventKind.TASKS_CREATED, actor: userIdOf(admin) };
  const tasks = Array.from({ length: TASKS }, (_, index) => newTask(index + 1, creation));
  const limits = { [LockPurpose.MAPPING]: 1, [LockPurpose.VALIDATION]: VALIDATION_LOCKS };
  return { projectId, sent: [], model: { tasks, roles, limits } };
}

async function make(run: Run, move: Move, met: Map<string, number>): Promise<void> {
  if (move.kind === "expire") return expire(run, taskAt(run.model, move.task, fits(move)));
  if (move.kind === "sweep") return swept(run);
  const earlier = run.sent[move.other % run.sent.length];
  if (move.kind === "reuse" && earlier) return reuse(run, earlier);
  const again = move.kind === "replay" ? earlier : undefined;
  if (again && again.answered.reason === undefined) return replay(run, again);
  const command = again?.command ?? commandOf(run.model, move);
  const id = again?.id ?? requestId();
  const answered = await sendAs(run, id, command);
  const outcome = check(run, id, command, answered);
  if (again) again.answered = answered;
  else run.sent.push({ id, command, answered });
  met.set(`${command.kind} ${outcome}`, (met.get(`${command.kind} ${outcome}`) ?? 0) + 1);
}

function sendAs({ projectId }: Run, id: string, command: Command): Promise<Answered> {
  return send(system, projectId, id, command, people.get(command.who) as Signed);
}

/** Compares an answer with the model's, and takes the model on. */
function check(run: Run, id: string, command: Command, answered: Answered): string {
  const next = structuredClone(run.model);
  const expected = outcomeOf(next, command, answered);
  const what = `${command.kind} ${JSON.stringify(command, shown)} is answered ${answered.reason ?? "done"}`;
  if (expected instanceof ModelRefusal) {
    expect(answered.reason, what).toBe(expected.message);
    return answered.reason ?? "";
  }
  expect(answered.reason, what).toBeUndefined();
  if (answered.reason !== undefined) return answered.reason;
  const name = `projects/${run.projectId}/${expected.name}`;
  const { revision, created, tokens } = expected;
  expect(answered.acknowledgement, what).toMatchObject({ requestId: id, name, revision, replayed: false });
  const response = answered.response as { created?: boolean; token?: bigint; locks?: { token: bigint }[] };
  if (created !== undefined) expect(response.created, what).toBe(created);
  if (tokens) expect(response.locks?.map(({ token }) => token) ?? [response.token], what).toEqual(tokens);
  run.model = next;
  return "done";
}

function outcomeOf(model: Model, command: Command, answered: Answered): Outcome | ModelRefusal {
  try {
    return perform(model, command, answered.reason === undefined ? answered.chosen : []);
  } catch (error) {
    // What was refused is not known to the model before it says so itself.
    if (error instanceof ModelRefusal) return error;
    if (answered.reason === undefined) throw error;
    throw new Error(`${command.kind} is refused with ${answered.reason}`, { cause: error });
  }
}

async function replay(run: Run, { id, command, answered }: Run["sent"][number]): Promise<void> {
  const again = await sendAs(run, id, command);
  if (answered.reason !== undefined || again.reason !== undefined) throw new Error(`${again.reason} again`);
  const acknowledgement = { ...answered.acknowledgement, replayed: true };
  expect(again.response).toEqual({ ...answered.response, acknowledgement });
}

async function reuse(run: Run, { id, command, answered }: Run["sent"][number]): Promise<void> {
  if (answered.reason !== undefined) return;
  const { who, taskId } = command;
  const other = await sendAs(run, id, { who, taskId, kind: "comment", text: "another" });
  expect(other).toEqual({ reason: "REQUEST_ID_REUSED" });
}

async function expire({ projectId }: Run, task: ModelTask | undefined): Promise<void> {
  if (!task?.lock) return;
  const { sql } = system.databases.task;
  await sql`with aged as (
      update tasks set lock_expire_time = date_trunc('milliseconds', clock_timestamp()) - interval '1 second',
        lock_time = date_trunc('milliseconds', clock_timestamp()) - make_interval(secs => ${LAPSED_AFTER_SECONDS + 1})
      where project_id = ${projectId} and task_id = ${task.id} returning project_id, task_id, lock_expire_time)
    update lock_slots s set expire_time = a.lock_expire_time from aged a
    where s.project_id = a.project_id and s.task_id = a.task_id`;
  lapse(task);
}

/** Waits until the expiry of locks is written. */
async function swept({ projectId, model }: Run): Promise<void> {
  for (const { id: taskId, events } of model.tasks.filter(isOpen)) {
    const revision = async () =>
      (await system.task.listTaskEvents({ projectId, taskId, pageSize: 1_000 }, admin)).events.length;
    await expect.poll(revision, { interval: 50 }).toBe(events.length);
  }
}

async function compare({ projectId, model }: Run): Promise<void> {
  for (const expected of model.tasks) {
    const { task } = await system.task.getTask({ projectId, taskId: expected.id }, admin);
    expect(seen(task)).toEqual(stored(expected));
    const { events } = await system.task.listTaskEvents(
      { projectId, taskId: expected.id, pageSize: 1_000 },
      admin,
    );
    compareHistory(events, expected);
  }
  const { progress } = await system.task.getProgress({ projectId }, admin);
  const count = (state: TaskState) => model.tasks.filter((it) => it.state === state).length;
  const [ready, mapped, validated] = [
    count(TaskState.READY),
    count(TaskState.MAPPED),
    count(TaskState.VALIDATED),
  ];
  const [invalidated, bad] = [count(TaskState.INVALIDATED), count(TaskState.BAD_IMAGERY)];
  const all = model.tasks.length - count(TaskState.SPLIT);
  const percent = (part: number, whole: number) =>
    whole === 0 ? 0 : expect.closeTo((100 * part) / whole, 9);
  expect(progress).toMatchObject({
    taskCount: all,
    readyCount: ready,
    mappedCount: mapped,
    validatedCount: validated,
    invalidatedCount: invalidated,
    badImageryCount: bad,
    lockedCount: model.tasks.filter(({ lock }) => lock).length,
    mappedPercent: percent(mapped + validated, all - bad),
    validatedPercent: percent(validated, all - bad),
    badImageryPercent: percent(bad, all),
    completionPercent: percent(mapped + 2 * validated, 2 * (all - bad)),
  });
}

/** What readers get of a task, in the model's words. */
function seen(task: Task | undefined) {
  return {
    ...{ id: task?.taskId, state: task?.state, revision: task?.revision },
    ...{ lock: held(task?.lock), lapsed: held(task?.expiredLock) },
    ...{ stateRevision: task?.stateRevision ?? 0n, stateBy: task?.stateUserId ?? 0n },
    ...{ mappedBy: task?.mappedByUserId ?? 0n, validatedBy: task?.validatedByUserId ?? 0n },
    ...{ assignedTo: task?.assignment?.userId ?? 0n },
    ...{ submissions: task?.submissionCount, comments: task?.commentCount },
  };
}

function held(lock: Lock | undefined) {
  return lock && { holder: lock.holderUserId, purpose: lock.purpose, token: lock.token };
}

function stored({ events: _, befores: __, ...rest }: ModelTask) {
  return { ...rest, lock: rest.lock, lapsed: rest.lapsed };
}

/** The end of the last expired lock may not be written yet; all else is there, without gaps. */
function compareHistory(events: readonly TaskEvent[], task: ModelTask): void {
  const { id, events: expected } = task;
  const wanted = isOpen(task) && events.length < expected.length ? expected.slice(0, -1) : expected;
  expect(events.map(outcome), `history of task ${id}`).toEqual(wanted.map(recorded));
  expect(events.map(({ revision }) => Number(revision))).toEqual(events.map((_, index) => index + 1));
  for (const { kind, lock, lockDuration, eventTime } of events) {
    const { LOCK_RELEASED, LOCK_EXPIRED, SUBMITTED, LOCK_FORCED, SPLIT } = TaskEventKind;
    const ends = ([LOCK_RELEASED, LOCK_EXPIRED, SUBMITTED, LOCK_FORCED, SPLIT] as TaskEventKind[]).includes(
      kind,
    );
    const taken = lock?.lockTime ? timestampDate(lock.lockTime).getTime() : 0;
    const seconds = eventTime ? (timestampDate(eventTime).getTime() - taken) / 1_000 : -1;
    const heldSeconds = lockDuration && durationMs(lockDuration) / 1_000;
    expect(heldSeconds ?? 0).toBeCloseTo(ends ? seconds : 0, 6);
    if (kind === LOCK_EXPIRED) expect(heldSeconds).toBeCloseTo(LAPSED_AFTER_SECONDS, 1);
  }
}

function outcome(event: TaskEvent) {
  return {
    ...{ revision: event.revision, kind: event.kind, actor: event.actorUserId ?? 0n },
    ...{ from: event.fromState ?? 0, to: event.toState, lock: held(event.lock) },
    ...{ submissionId: event.submissionId ?? 0, commentId: event.commentId ?? 0 },
    ...{ assignedTo: event.assignedUserId ?? 0n, parentId: event.parentTaskId ?? 0 },
  };
}

function recorded(event: ModelEvent) {
  const none = { lock: undefined, submissionId: 0, commentId: 0, assignedTo: 0n, parentId: 0 };
  return { ...none, ...event };
}

function shown(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
