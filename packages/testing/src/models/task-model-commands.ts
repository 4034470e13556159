import { ConnectError } from "@connectrpc/connect";
import { durationOf } from "@tessera/contracts/duration.ts";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import fc from "fast-check";
import type { TestSystem } from "../system.ts";
import { isOpen, type Model, type ModelTask } from "./task-model.ts";
import type { Signed } from "./task-model-ground.ts";

/** What is sent, all numbers filled in. */
export type Command = { who: bigint; taskId: number } & (
  | { kind: "lock"; purpose: LockPurpose }
  | { kind: "lockMany"; taskIds: number[]; purpose: LockPurpose }
  | { kind: "claim"; purpose: LockPurpose }
  | { kind: "extend"; token: bigint }
  | { kind: "release"; token: bigint; force: boolean }
  | { kind: "submit"; token: bigint; result: SubmissionResult }
  | { kind: "undo"; expectedRevision: bigint }
  | { kind: "split"; token: bigint }
  | { kind: "assign"; to: bigint }
  | { kind: "unassign" }
  | { kind: "comment"; text: string }
);

/**
 * What somebody is about to do, before it is known what there is to do it to. Numbers choose among what there is; what is
 * apt chooses a task and a person for whom it may well be done.
 */
export type Move = { who: number; task: number; other: number; apt: boolean } & (
  | { kind: "lock" | "lockMany" | "claim"; purpose: LockPurpose }
  | { kind: "extend" | "split"; token: Token }
  | { kind: "release"; token: Token; force: boolean }
  | { kind: "submit"; token: Token; result: SubmissionResult }
  | { kind: "undo"; isRead: boolean }
  | { kind: "assign" | "unassign" | "comment" | "expire" | "sweep" | "replay" | "reuse" }
);
type Token = "right" | "old" | "any";

const RESERVE_SECONDS = 600;
/** There is always a number beyond the last task, which is none. */
const NUMBERS = 1_000;

const purpose = fc.constantFrom(LockPurpose.MAPPING, LockPurpose.MAPPING, LockPurpose.VALIDATION);
const token = fc.constantFrom<Token>("right", "right", "right", "right", "any", "old");
const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;
const result = fc.constantFrom(MAPPED, MAPPED, MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED);
const common = {
  who: fc.nat({ max: 3 }),
  task: fc.nat({ max: NUMBERS }),
  other: fc.nat({ max: NUMBERS }),
  apt: fc.constantFrom(true, true, true, true, false),
};
const kind = <K extends string>(name: K) => fc.constant(name);
const of = (weight: number, arbitrary: fc.Arbitrary<Move>) => ({ weight, arbitrary });

export const MOVE: fc.Arbitrary<Move> = fc.oneof(
  of(10, fc.record({ ...common, kind: kind("lock"), purpose })),
  of(4, fc.record({ ...common, kind: kind("lockMany"), purpose })),
  of(4, fc.record({ ...common, kind: kind("claim"), purpose })),
  of(3, fc.record({ ...common, kind: kind("extend"), token })),
  of(5, fc.record({ ...common, kind: kind("release"), token, force: fc.boolean() })),
  of(14, fc.record({ ...common, kind: kind("submit"), token, result })),
  of(6, fc.record({ ...common, kind: kind("undo"), isRead: fc.constantFrom(true, true, true, false) })),
  of(2, fc.record({ ...common, kind: kind("split"), token })),
  of(3, fc.record({ ...common, kind: kind("assign") })),
  of(2, fc.record({ ...common, kind: kind("unassign") })),
  of(3, fc.record({ ...common, kind: kind("comment") })),
  of(4, fc.record({ ...common, kind: kind("expire") })),
  of(1, fc.record({ ...common, kind: kind("sweep") })),
  of(4, fc.record({ ...common, kind: kind("replay") })),
  of(1, fc.record({ ...common, kind: kind("reuse") })),
);

/** Chooses a task, and sometimes one that is not there. */
export function taskAt({ tasks }: Model, number: number, fits: (task: ModelTask) => boolean = () => true) {
  const fitting = tasks.filter(fits);
  const among = fitting.length > 0 ? fitting : tasks;
  return among[number % (number > NUMBERS - 20 ? NUMBERS : among.length)];
}

/** For what is apt: whether a task may well be the one. */
export function fits({ kind, apt }: Move): (task: ModelTask) => boolean {
  if (!apt) return () => true;
  if (kind === "undo") return ({ state, lock }) => state !== TaskState.READY && lock === undefined;
  if (kind === "unassign") return ({ assignedTo }) => assignedTo !== 0n;
  if (kind === "lock" || kind === "lockMany") return ({ lock }) => lock === undefined;
  if (kind === "assign" || kind === "comment") return () => true;
  return (task) => task.lock !== undefined || (isOpen(task) && kind !== "expire");
}

/** For a fitting command: people who are likely allowed to do it. */
function aptly({ kind }: Move, task: ModelTask | undefined, people: readonly bigint[]): bigint | undefined {
  if (kind === "assign" || kind === "unassign") return people.at(-1);
  if (kind === "undo") return task?.stateBy || undefined;
  return isOfHolder(kind) ? (task?.lock ?? task?.lapsed)?.holder : undefined;
}

function isOfHolder(kind: string): boolean {
  return ["extend", "release", "submit", "split"].includes(kind);
}

/** Fills in the numbers. */
export function commandOf(model: Model, wanted: Move): Command {
  const isFutile = wanted.apt && isOfHolder(wanted.kind) && !model.tasks.some(fits(wanted));
  const purpose = wanted.other % 2 === 0 ? LockPurpose.MAPPING : LockPurpose.VALIDATION;
  const move: Move = isFutile ? { ...wanted, kind: "lock", purpose } : wanted;
  const people = [...model.roles.keys()];
  const task = taskAt(model, move.task, fits(move));
  const lock = task?.lock ?? task?.lapsed;
  const who = (move.apt ? aptly(move, task, people) : undefined) ?? (people[move.who] as bigint);
  const taskId = task?.id ?? NUMBERS;
  const to = { who, taskId };
  const present = lock?.token ?? 2n;
  const named = { right: present, old: present - 1n || 1n, any: 0n };
  switch (move.kind) {
    case "lock":
    case "claim":
      return { ...to, kind: move.kind, purpose: move.purpose };
    case "lockMany": {
      const otherId = taskAt(model, move.other, fits(move))?.id ?? NUMBERS;
      return { ...to, kind: "lockMany", purpose: move.purpose, taskIds: [...new Set([taskId, otherId])] };
    }
    case "extend":
      return { ...to, kind: "extend", token: named[move.token] };
    case "release":
      return { ...to, kind: "release", token: named[move.token], force: move.force && !move.apt };
    case "submit": {
      const validates = move.apt && lock?.purpose === LockPurpose.VALIDATION;
      const verdict = move.result % 2 === 0 ? VALIDATED : INVALIDATED;
      const result = validates ? verdict : move.result;
      return { ...to, kind: "submit", token: named[move.token] || present, result };
    }
    case "split":
      return { ...to, kind: "split", token: named[move.token] || present };
    case "undo": {
      const revision = task?.revision ?? 1n;
      return { ...to, kind: "undo", expectedRevision: move.isRead ? revision : revision - 1n || 9n };
    }
    case "assign":
      return { ...to, kind: "assign", to: people[move.other % people.length] as bigint };
    case "unassign":
      return { ...to, kind: "unassign" };
    default:
      return { ...to, kind: "comment", text: `comment ${move.other}` };
  }
}

/** What was answered: an acknowledgement with what else the response says, or a reason. */
export type Answered =
  | { reason: string }
  | { reason?: never; acknowledgement: Acknowledgement | undefined; chosen: number[]; response: object };

/** The token of a lock, unless any lock will do. */
const tokenOf = ({ token }: { token: bigint }) => (token === 0n ? {} : { lockToken: token });

/** Sends a command to the service. */
export async function send(
  { task }: TestSystem,
  projectId: number,
  requestId: string,
  command: Command,
  as: Signed,
): Promise<Answered> {
  const request = { requestId, projectId, taskId: command.taskId };
  const call = async () => {
    switch (command.kind) {
      case "lock":
        return task.lockTask({ ...request, purpose: command.purpose }, as);
      case "lockMany": {
        const { taskIds, purpose } = command;
        return task.lockTasks({ requestId, projectId, taskIds, purpose }, as);
      }
      case "claim":
        return task.claimTask({ requestId, projectId, purpose: command.purpose }, as);
      case "extend":
        return task.extendLock({ ...request, ...tokenOf(command) }, as);
      case "release":
        return task.releaseLock({ ...request, ...tokenOf(command), force: command.force }, as);
      case "submit":
        return task.submitTask({ ...request, lockToken: command.token, result: command.result }, as);
      case "undo":
        return task.undoTask({ ...request, expectedRevision: command.expectedRevision }, as);
      case "split":
        return task.splitTask({ ...request, lockToken: command.token }, as);
      case "assign":
        return task.assignTask(
          { ...request, userId: command.to, reservation: durationOf(RESERVE_SECONDS) },
          as,
        );
      case "unassign":
        return task.unassignTask(request, as);
      case "comment":
        return task.createComment({ ...request, text: command.text }, as);
    }
  };
  try {
    const response = await call();
    const chosen = "taskIds" in response ? response.taskIds : "taskId" in response ? [response.taskId] : [];
    return { acknowledgement: response.acknowledgement, chosen, response };
  } catch (error) {
    const refusal = error instanceof ConnectError ? refusalIn(error) : undefined;
    if (refusal === undefined) throw error;
    return { reason: refusal.reason.name };
  }
}
