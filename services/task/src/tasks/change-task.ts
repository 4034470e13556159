import type { DescMessage, DescMethod, MessageShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Step } from "./change-columns.ts";
import type { Slot } from "./lock-slots.ts";
import { type ReadTask, readEarlier, readTasks } from "./read-task.ts";
import type { Answer, runCommand } from "./run-command.ts";
import type { Change, Known } from "./task.ts";
import type { WholeTask } from "./whole-task.ts";

/** What commands on one task and on several have in common. */
interface OnTasks<I extends DescMessage, O extends DescMessage> {
  method: DescMethod & { input: I; output: O };
  context: Pick<HandlerContext, "values" | "signal">;
  /** Of which purpose the caller's other locks are needed for the decision. */
  slotsFor?: LockPurpose;
}

/** One command on one task. */
export interface TaskCommand<I extends DescMessage, O extends DescMessage, Asked> extends OnTasks<I, O> {
  request: MessageShape<I> & { requestId: string; projectId: number; taskId: number };
  /** Whether the decision needs to know what stood before the task's present state. */
  needsEarlier?: boolean;
  /** Asks other services once, before anything is written and not if the request was answered before. */
  ask: (known: Known) => Promise<Asked>;
  /** Uses up some of what a person may do in a time, when nothing else stands against the command. May refuse. */
  spend?: () => Promise<void>;
  /** Decides, or refuses. */
  decide: (known: Known, asked: Asked) => Change;
  answer: (change: Change) => Answer<O>;
}

/** One command on several tasks: all of it, or nothing. */
export interface TasksCommand<I extends DescMessage, O extends DescMessage, Asked> extends OnTasks<I, O> {
  request: MessageShape<I> & { requestId: string; projectId: number };
  taskIds: readonly number[];
  /** Asks other services once, before anything is written and not if the request was answered before. */
  ask: (knowns: Known[]) => Promise<Asked>;
  /** Decides for all, in their order, or refuses. */
  decide: (knowns: Known[], asked: Asked) => Change[];
  answer: (changes: Change[]) => Answer<O>;
}

/** What it takes to run them. */
export interface ChangeDeps {
  sql: Sql;
  read: ReadTask;
  run: ReturnType<typeof runCommand>;
  /** Writes down that locks ran out. */
  expire: (slots: readonly Slot[]) => Promise<void>;
}

/** Runs a command on a task. Reads and writes of commands that run at the same time share statements. */
export function changeTask({ sql, read, run, expire }: ChangeDeps) {
  return <I extends DescMessage, O extends DescMessage, Asked>(command: TaskCommand<I, O, Asked>) => {
    const { method, request, context, slotsFor, needsEarlier, ask, spend, decide, answer } = command;
    const { projectId, taskId } = request;
    const holder = callerOf(context).userId;
    return run<I, O, Known, Asked>({
      method,
      request,
      context,
      turn: `${projectId}/${taskId}`,
      read: async (key) => {
        const known = await read({ key, taskId, holder, purpose: slotsFor ?? 0 });
        const { task } = known;
        await freeLapsed(known, expire);
        const earlier = needsEarlier && task !== undefined && (await readEarlier(sql, task));
        return earlier ? { ...known, earlier } : known;
      },
      ask,
      spend,
      decide: (known, asked) => [step(known.task, decide(known, asked))],
      answer: ([only]) => answer((only as Step).change),
    });
  };
}

/** Runs a command on several tasks. */
export function changeTasks({ sql, read, run, expire }: ChangeDeps) {
  return <I extends DescMessage, O extends DescMessage, Asked>(command: TasksCommand<I, O, Asked>) => {
    const { method, request, context, slotsFor, taskIds, ask, decide, answer } = command;
    const { projectId } = request;
    const holder = callerOf(context).userId;
    return run<I, O, { knowns: Known[] }, Asked>({
      method,
      request,
      context,
      turn: `${projectId}/${taskIds[0]}`,
      read: async (key) => {
        const [known, tasks] = await Promise.all([
          read({ key, taskId: 0, holder, purpose: slotsFor ?? 0 }),
          readTasks(sql, projectId, taskIds),
        ]);
        await freeLapsed(known, expire);
        const { remembered, ...rest } = known;
        return {
          remembered,
          knowns: taskIds.map((taskId) => ({ ...rest, taskId, task: tasks.get(taskId) })),
        };
      },
      ask: ({ knowns }) => ask(knowns),
      decide: ({ knowns }, asked) =>
        decide(knowns, asked).map((change, index) => step(knowns[index]?.task, change)),
      answer: (steps) => answer(steps.map(({ change }) => change)),
    });
  };
}

/** A command on a task that is found on the way. */
export interface FoundTaskCommand<I extends DescMessage, O extends DescMessage, Asked>
  extends Pick<OnTasks<I, O>, "method" | "context"> {
  request: MessageShape<I> & { requestId: string; projectId: number };
  /** Finds the task, and asks other services about it; or refuses. */
  find: () => Promise<{ task: WholeTask; access: Asked }>;
  /** Uses up some of what a person may do in a time, when nothing else stands against the command. May refuse. */
  spend?: () => Promise<void>;
  decide: (known: Known, access: Asked) => Change;
  answer: (change: Change) => Answer<O>;
}

/** Runs a command on a task that is found on the way. */
export function changeFoundTask({ sql, read, run }: ChangeDeps) {
  return <I extends DescMessage, O extends DescMessage, Asked>(command: FoundTaskCommand<I, O, Asked>) => {
    const { method, request, context, find, spend, decide, answer } = command;
    const holder = callerOf(context).userId;
    return run<I, O, Known, { task: WholeTask; access: Asked }>({
      method,
      request,
      context,
      turn: method.name,
      read: (key) => read({ key, taskId: 0, holder, purpose: 0 }),
      ask: find,
      spend,
      decide: async (known, { task: { projectId, taskId }, access }) => {
        const task = (await readTasks(sql, projectId, [taskId])).get(taskId);
        return [step(task, decide({ ...known, projectId, taskId, task }, access))];
      },
      answer: ([only]) => answer((only as Step).change),
    });
  };
}

/** A slot whose lock ran out is free, and the end of that lock is written down before another takes the slot. */
export async function freeLapsed(known: Known, expire: ChangeDeps["expire"]): Promise<void> {
  const lapsed = known.slots.filter((it) => it.expireTime <= known.now && !isOf(it, known));
  if (lapsed.length > 0) await expire(lapsed);
}

function isOf(slot: Slot, { projectId, taskId }: Known): boolean {
  return slot.projectId === projectId && slot.taskId === taskId;
}

function step(before: WholeTask | undefined, change: Change): Step {
  if (before === undefined) throw new Error("a task that is not there was changed");
  return { before, change };
}
