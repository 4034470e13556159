import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Call, Register } from "./linearizability.ts";

/** A task, as far as its lock goes. 0 is nobody, and no token. */
interface TaskRegister {
  state: TaskState;
  mappedBy: number;
  holder: number;
  purpose: LockPurpose;
  /** -1 while no answer has named it. */
  token: number;
  /** The highest token that was given. */
  last: number;
}

/** What is asked of a task, and by whom. */
export type Ask =
  | { kind: "lock"; purpose: LockPurpose }
  | { kind: "release" }
  | { kind: "submit"; token: number; result: SubmissionResult }
  | { kind: "get" };

/** What was answered: a refusal, what a reader saw, or the token of a new lock. */
export interface Reply {
  reason?: string;
  holder?: number;
  token?: number;
  state?: TaskState;
}

export type TaskOp = Ask & { who: number; reply?: Reply };

/** Somewhere where tasks are locked. Rejects where it is not known what came of a call. */
export type Ground = (ask: Ask, who: number, taskId: number, signal: AbortSignal) => Promise<Reply>;

const { READY, MAPPED, INVALIDATED } = TaskState;
const { MAPPING } = LockPurpose;

export const TASK: Register<TaskRegister, TaskOp> = {
  initial: { state: READY, mappedBy: 0, holder: 0, purpose: 0, token: 0, last: 0 },
  apply: (task, op) => {
    if (op.kind === "get") return seen(task, op.reply ?? {});
    const refusal = refusalOf(task, op);
    if (op.reply?.reason !== undefined) {
      return op.reply.reason === refusal && (op.reply.holder ?? task.holder) === task.holder
        ? task
        : undefined;
    }
    if (refusal !== undefined) return undefined;
    if (op.kind === "lock") return taken(task, op, op.reply?.token);
    const gone = { ...task, holder: 0, purpose: 0 as LockPurpose, token: 0 };
    if (op.kind === "release") return gone;
    const mappedBy = task.purpose === MAPPING ? op.who : task.mappedBy;
    return { ...gone, mappedBy, state: stateOf(op.result), last: Math.max(task.last, op.token) };
  },
};

/** What stands against a command, by the contract. */
function refusalOf(task: TaskRegister, op: Exclude<TaskOp, { kind: "get" }>): string | undefined {
  if (op.kind === "lock") {
    if (task.holder === op.who && task.purpose === op.purpose) return undefined;
    if (task.holder !== 0) return "TASK_LOCKED";
    const from = op.purpose === MAPPING ? [READY, INVALIDATED] : [MAPPED, INVALIDATED];
    if (!(from as TaskState[]).includes(task.state)) return "TASK_STATE_NOT_LOCKABLE";
    return op.purpose !== MAPPING && task.mappedBy === op.who ? "OWN_MAPPING" : undefined;
  }
  if (task.holder !== op.who) return "LOCK_NOT_HELD";
  if (op.kind === "release") return undefined;
  const isMine = task.token === -1 ? op.token > task.last : op.token === task.token;
  if (!isMine) return "LOCK_TOKEN_STALE";
  return op.result <= 2 === (task.purpose === MAPPING) ? undefined : "RESULT_NOT_ALLOWED";
}

/** Tokens only rise; the holder who asks again gets the same. */
function taken(
  task: TaskRegister,
  { who, purpose }: { who: number; purpose: LockPurpose },
  token = -1,
): TaskRegister | undefined {
  if (task.holder === who && task.token !== -1)
    return token === -1 || token === task.token ? task : undefined;
  if (token !== -1 && token <= task.last) return undefined;
  return { ...task, holder: who, purpose, token, last: Math.max(task.last, token) };
}

function seen(task: TaskRegister, { state, holder, token = 0 }: Reply): TaskRegister | undefined {
  if (state !== task.state || holder !== task.holder) return undefined;
  if (task.token !== -1) return token === task.token ? task : undefined;
  return token > task.last ? { ...task, token, last: token } : undefined;
}

/** The state that a result gives a task. */
export function stateOf(result: SubmissionResult): TaskState {
  if (result === SubmissionResult.MAPPED) return MAPPED;
  return result === SubmissionResult.VALIDATED ? TaskState.VALIDATED : INVALIDATED;
}

/** How much is asked at once, and how often a call is cut off. */
const CLIENTS = 16;
const ASKS_EACH = 40;
const CUT_OFF_SHARE = 0.06;
const CUT_OFF_MAX_MS = 6;
const TOO_BUSY = ["CONTENDED", "OVERLOADED"];

/** Lets 16 people at once work on a few tasks, and writes down each call by its task. */
export async function recordHistories(ground: Ground, taskIds: readonly number[]) {
  const histories = new Map(taskIds.map((it) => [it, [] as Call<TaskOp>[]]));
  const work = async (who: number): Promise<void> => {
    const tokens = new Map<number, number>();
    for (let round = 0; round < ASKS_EACH; round++) {
      const taskId = taskIds[Math.floor(Math.random() * taskIds.length)] as number;
      const ask = anyAsk(tokens.get(taskId));
      const call = await made(ground, ask, who, taskId);
      const { reply } = call.op;
      if (ask.kind === "lock" && reply?.token) tokens.set(taskId, reply.token);
      if (ask.kind !== "get" && ask.kind !== "lock" && reply && !reply.reason) tokens.delete(taskId);
      const saysNothing = ask.kind === "get" ? reply === undefined : TOO_BUSY.includes(reply?.reason ?? "");
      if (!saysNothing) histories.get(taskId)?.push(call);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => work(index + 1)));
  return histories;
}

async function made(ground: Ground, ask: Ask, who: number, taskId: number): Promise<Call<TaskOp>> {
  const cut = new AbortController();
  const cutOff = Math.random() < CUT_OFF_SHARE;
  const timer = cutOff ? setTimeout(() => cut.abort(), Math.random() * CUT_OFF_MAX_MS) : undefined;
  const sentAt = performance.now();
  try {
    const reply = await ground(ask, who, taskId, cut.signal);
    return { op: { ...ask, who, reply }, sentAt, answeredAt: performance.now() };
  } catch (error) {
    if (!cut.signal.aborted) throw error;
    return { op: { ...ask, who }, sentAt, answeredAt: Infinity };
  } finally {
    clearTimeout(timer);
  }
}

/** The holder of a task mostly submits it; everybody tries everything now and then. */
function anyAsk(token: number | undefined): Ask {
  const dice = Math.random();
  const { MAPPED: mapped, INVALIDATED: invalidated } = SubmissionResult;
  if (dice < 0.2) return { kind: "get" };
  if (dice < 0.3) return { kind: "release" };
  if (token !== undefined && dice < 0.8) {
    return { kind: "submit", token, result: Math.random() < 0.5 ? mapped : invalidated };
  }
  return { kind: "lock", purpose: Math.random() < 0.5 ? MAPPING : LockPurpose.VALIDATION };
}
