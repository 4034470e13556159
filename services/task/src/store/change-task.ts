import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import type { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import {
  acknowledgement,
  type RequestKey,
  replay,
  requestKey,
  untilWritten,
} from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Change, Known } from "../task.ts";
import type { ReadTask } from "./read-task.ts";
import type { WriteChange } from "./write-changes.ts";

/** One command on one task. */
export interface TaskCommand<I extends DescMessage, O extends DescMessage, Asked> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string; projectId: number; taskId: number };
  context: Pick<HandlerContext, "values" | "signal">;
  /** Of which purpose the caller's other locks are needed for the decision. */
  slotsFor?: LockPurpose;
  /** Asks other services, before anything is written and not if the request was answered before. */
  ask: () => Promise<Asked>;
  /** Decides, or refuses. */
  decide: (known: Known, asked: Asked) => Change;
  /** The resource that the acknowledgement names, its revision, and what else the response says. */
  answer: (change: Change) => { name: string; revision: bigint; response?: MessageInitShape<O> };
}

/**
 * Runs a command on a task: reads the remembered request, the task and the clock; asks; decides; writes what is still as
 * it was read. Reads and writes of commands that run at the same time share statements.
 */
export function changeTask({ read, write }: { read: ReadTask; write: WriteChange }) {
  return async <I extends DescMessage, O extends DescMessage, Asked>(
    command: TaskCommand<I, O, Asked>,
  ): Promise<MessageShape<O>> => {
    const { method, request, context } = command;
    const caller = callerOf(context);
    const key = requestKey(method, request, { projectId: request.projectId, caller: String(caller.userId) });
    const wanted = { key, taskId: request.taskId, holder: caller.userId, purpose: command.slotsFor ?? 0 };
    let asked: { answer: Asked } | undefined;
    return untilWritten(async () => {
      const { remembered, ...known } = await read(wanted);
      if (remembered !== undefined) return replay(method.output, key, remembered);
      asked ??= { answer: await command.ask() };
      const change = command.decide(known, asked.answer);
      context.signal.throwIfAborted();
      return commit(command, key, known, change);
    });
  };

  async function commit<I extends DescMessage, O extends DescMessage, Asked>(
    { method, answer }: TaskCommand<I, O, Asked>,
    key: RequestKey,
    before: Known,
    change: Change,
  ): Promise<MessageShape<O> | undefined> {
    const { name, revision, response: init } = answer(change);
    const response = create(method.output, init);
    const remember = { ...key, name, revision, response: toBinary(method.output, response) };
    const commitTime = await write({ before: before.task, change, remember });
    if (commitTime === undefined) return undefined;
    (response as { acknowledgement?: Acknowledgement }).acknowledgement = acknowledgement(key, {
      name,
      revision,
      commitTime,
    });
    return response;
  }
}
