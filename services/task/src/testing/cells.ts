import type { DescMethod } from "@bufbuild/protobuf";
import type { Access, Decision } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { AssignmentService } from "@tessera/contracts/tessera/task/v1/assignment_service_pb.ts";
import { CommentService } from "@tessera/contracts/tessera/task/v1/comment_service_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { ReportService } from "@tessera/contracts/tessera/task/v1/report_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { TaskAction, TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { Refusal } from "@tessera/rpc/refusal.ts";
import { assign, unassign } from "../assignments/assignment.ts";
import { extend, lock, release } from "../locks/lock.ts";
import { changeInBulk } from "../operations/bulk-change.ts";
import { reconcile } from "../reconciling/reconcile.ts";
import { permitUnlessArchived } from "../refusals.ts";
import { submit } from "../submissions/submission.ts";
import { undo } from "../submissions/undo.ts";
import { comment, removeComment } from "../talk/comment.ts";
import { report } from "../talk/report.ts";
import type { Slot } from "../tasks/lock-slots.ts";
import { split } from "../tasks/split.ts";
import type { Change, Earlier, Known } from "../tasks/task.ts";
import type { WholeTask } from "../tasks/whole-task.ts";
import { access, LIMITS, locked, me, NOW, reserved, seconds, task } from "./tasks.ts";

/** A command at a task in one situation. */
interface Cell {
  known: Known;
  access: Access;
}

type Method = DescMethod;

const ANOTHER = 9n;
const TOKEN = 5n;
const LONGEST_SECONDS = 604_800;
const DETAILS = { longitude: 0, latitude: 0, category: "hole", description: "", source: "", externalId: "" };

const YES = { permitted: true };
const no = (reason: ProjectReason) => ({ permitted: false, reason }) as Decision;
const LOW = no(ProjectReason.LEVEL_TOO_LOW);
const CLOSED = no(ProjectReason.PROJECT_ARCHIVED);
const MANAGES_NOT = no(ProjectReason.NOT_MANAGER);

/** What the project service says of each role. */
const ACCESS: Record<string, Access> = {
  viewer: access({ role: ProjectRole.VIEWER, mapping: LOW, validation: LOW, management: MANAGES_NOT }),
  mapper: access({ role: ProjectRole.MAPPER, validation: LOW, management: MANAGES_NOT }),
  validator: access({ role: ProjectRole.VALIDATOR, management: MANAGES_NOT }),
  manager: access({ role: ProjectRole.MANAGER, management: YES }),
  "archived-mapper": access({
    role: ProjectRole.MAPPER,
    mapping: CLOSED,
    validation: CLOSED,
    management: MANAGES_NOT,
  }),
  "archived-manager": access({
    role: ProjectRole.MANAGER,
    mapping: CLOSED,
    validation: CLOSED,
    management: YES,
  }),
};

const { MAPPING, VALIDATION } = LockPurpose;

/** Each command, and the RPC that it is. */
export const COMMANDS: Record<string, [method: Method, decide: (cell: Cell) => Change]> = {
  "lock-mapping": locking(MAPPING),
  "lock-validation": locking(VALIDATION),
  "lock-second-check": locking(VALIDATION, true),
  extend: [LockService.method.extendLock, (it) => extend(it.known, me, it.access, TOKEN, LONGEST_SECONDS)],
  release: releasing(false),
  "force-release": releasing(true),
  "submit-MAPPED": handingIn(SubmissionResult.MAPPED),
  "submit-BAD_IMAGERY": handingIn(SubmissionResult.BAD_IMAGERY),
  "submit-VALIDATED": handingIn(SubmissionResult.VALIDATED),
  "submit-INVALIDATED": handingIn(SubmissionResult.INVALIDATED),
  split: [TaskService.method.splitTask, (it) => split(it.known, me, it.access, TOKEN)],
  undo: undoing((it) => it.known),
  "undo-own": undoing((it) => ({ ...it.known, task: { ...taskOf(it), stateUserId: me.userId } })),
  "undo-unread": [
    SubmissionService.method.undoTask,
    (it) => undo(it.known, me, it.access, revisionNow(it) - 1n),
  ],
  assign: [
    AssignmentService.method.assignTask,
    (it) => assign(it.known, me, it.access, { userId: ANOTHER, reserveSeconds: 600 }),
  ],
  unassign: [
    AssignmentService.method.unassignTask,
    (it) => unassign({ ...it.known, task: reserved(ANOTHER, seconds(60), taskOf(it)) }, me, it.access),
  ],
  comment: [CommentService.method.createComment, (it) => comment(it.known, me, "done")],
  "delete-own-comment": deleting(me.userId),
  "delete-comment": deleting(ANOTHER),
  report: [ReportService.method.createReport, (it) => report(it.known, me, it.access, DETAILS)],
  ...inBulk("map-all", TaskAction.MAP),
  ...inBulk("validate-all", TaskAction.VALIDATE),
  ...inBulk("invalidate-all", TaskAction.INVALIDATE),
  ...inBulk("reset-bad-imagery", TaskAction.RESET_BAD_IMAGERY),
  ...inBulk("reset-all", TaskAction.RESET),
  ...inBulk("revert-user", TaskAction.REVERT_USER, ANOTHER),
  ...inBulk("revert-another", TaskAction.REVERT_USER, 11n),
  ...inBulk("split-all", TaskAction.SPLIT),
  ...inBulk("prioritize", TaskAction.PRIORITIZE),
  "delete-all": deletion(),
  "reconcile-inside": reconciliation(false),
  "reconcile-outside": reconciliation(true),
};

function locking(purpose: LockPurpose, secondCheck = false): (typeof COMMANDS)[string] {
  const slotsOf = (it: Cell) => ({ ...it.known, slots: it.known.slots.filter(() => isFor(it, purpose)) });
  return [
    LockService.method.lockTask,
    (it) => lock(slotsOf(it), me, it.access, purpose, LIMITS, secondCheck),
  ];
}

function deleting(userId: bigint): (typeof COMMANDS)[string] {
  const deleted = { commentId: 1, written: { userId } };
  return [CommentService.method.deleteComment, (it) => removeComment(it.known, me, it.access, deleted)];
}

function isFor({ known }: Cell, purpose: LockPurpose): boolean {
  return known.task?.lock?.purpose === purpose;
}

function releasing(force: boolean): (typeof COMMANDS)[string] {
  return [
    LockService.method.releaseLock,
    (it) => release(it.known, me, it.access, { token: force ? undefined : TOKEN, force }),
  ];
}

function handingIn(result: SubmissionResult): (typeof COMMANDS)[string] {
  const work = { lockToken: TOKEN, result, comment: "", issues: [] };
  return [SubmissionService.method.submitTask, (it) => submit(it.known, me, it.access, work)];
}

function undoing(knownOf: (cell: Cell) => Known): (typeof COMMANDS)[string] {
  return [SubmissionService.method.undoTask, (it) => undo(knownOf(it), me, it.access, revisionNow(it))];
}

function inBulk(name: string, action: TaskAction, revertedUserId?: bigint): typeof COMMANDS {
  const with_ = (includeLocked: boolean) => (it: Cell) => {
    permitUnlessArchived(it.access, it.access.management);
    const priority = action === TaskAction.PRIORITIZE ? 50 : 0;
    const bulk = { action, userId: me.userId, includeLocked, priority, revertedUserId };
    const change = changeInBulk(it.known, bulk, { earlier: it.known.earlier, divisible: true });
    if (change instanceof Refusal) throw change;
    return change;
  };
  const method = TaskService.method.batchUpdateTasks;
  return { [name]: [method, with_(false)], [`${name}+locked`]: [method, with_(true)] };
}

/** A deletion leaves what somebody holds, whatever the request includes. READY is a task that had no other state. */
function deletion(): (typeof COMMANDS)[string] {
  const { "delete-all+locked": command } = inBulk("delete-all", TaskAction.DELETE);
  if (command === undefined) throw new Error("no command deletes tasks");
  const [method, decide] = command;
  const asMade = (it: Cell): Cell => {
    const { stateRevision: _, ...made } = taskOf(it);
    return made.state === TaskState.READY ? { ...it, known: { ...it.known, task: made } } : it;
  };
  return [method, (it) => decide(asMade(it))];
}

function reconciliation(outside: boolean): (typeof COMMANDS)[string] {
  return [
    TaskService.method.reconcileTasks,
    (it) => {
      permitUnlessArchived(it.access, it.access.management);
      return reconcile(it.known, me.userId, { outside, priorityArea: 0 }).change;
    },
  ];
}

/** From which state a task came to each. */
const BEFORE: Partial<Record<TaskState, TaskState>> = {
  [TaskState.VALIDATED]: TaskState.MAPPED,
  [TaskState.INVALIDATED]: TaskState.MAPPED,
};

/** A task in a state, to which somebody else brought it, with a lock, named as in the table. */
export function cell(role: string, lockName: string, state: TaskState): Cell {
  const [heldBy, out, purpose = out] = lockName.split("-");
  const difference = { state, stateRevision: 4n, stateUserId: ANOTHER, mappedByUserId: mappedBy(state) };
  const expireTime = seconds(lockName.includes("-out") ? -30 : 60);
  const holder = heldBy === "mine" ? me.userId : ANOTHER;
  const of =
    heldBy === "none"
      ? task(difference)
      : locked(holder, purpose === "mapping" ? MAPPING : VALIDATION, expireTime, difference);
  const slots: Slot[] = heldBy === "mine" ? [{ slot: 1, projectId: 1, taskId: 2, expireTime }] : [];
  const known = { projectId: 1, taskId: 2, task: of, slots, now: NOW, earlier: earlierOf(state) };
  return { known, access: ACCESS[role] as Access };
}

function earlierOf(state: TaskState): Earlier {
  const before = BEFORE[state] ?? TaskState.READY;
  const stateRevision = before === TaskState.READY ? undefined : 2n;
  const mappedByUserId = mappedBy(before);
  return {
    state: before,
    stateRevision,
    stateUserId: undefined,
    mappedByUserId,
    validatedByUserId: undefined,
  };
}

function mappedBy(state: TaskState): bigint | undefined {
  return state === TaskState.READY ? undefined : 10n;
}

function taskOf({ known }: Cell): WholeTask {
  if (known.task === undefined) throw new Error("a cell has a task");
  return known.task;
}

/** The revision that a reader sees: the end of a lock counts from the moment at which it expired. */
function revisionNow(it: Cell): bigint {
  const { lock: present, revision } = taskOf(it);
  const expired = present !== undefined && Number(present.expireTime?.seconds) * 1_000 <= NOW.getTime();
  return expired ? revision + 1n : revision;
}
