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
import {
  acknowledgement,
  type RequestKey,
  replay,
  requestKey,
  untilWritten,
} from "@tessera/postgres/requests.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { throwIfAborted } from "@tessera/rpc/server-call.ts";
import type { Step } from "./change-columns.ts";
import type { Remembered } from "./read-task.ts";
import type { Turns } from "./turns.ts";
import type { WriteChanges } from "./write-changes.ts";

/** The resource that an acknowledgement names, its revision, and what else the response says. */
export interface Answer<O extends DescMessage> {
  name: string;
  revision: bigint;
  response?: MessageInitShape<O>;
}

/** One command, as it runs. */
export interface Command<I extends DescMessage, O extends DescMessage, K, Asked> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string; projectId: number };
  context: Pick<HandlerContext, "values" | "signal">;
  /** Commands that change the same thing have this in common. */
  turn: string;
  /** Reads what the decision needs, and the remembered request. */
  read: (key: RequestKey) => Promise<K & Remembered>;
  /**
   * Asks other services once, before anything is written and not if the request was answered before. It is given what was
   * read first.
   */
  ask: (known: K) => Promise<Asked>;
  /** Decides, or refuses. Undefined: what was read is not enough any more, so read again. */
  decide: (known: K, asked: Asked) => Step[] | undefined | Promise<Step[] | undefined>;
  /** Uses up some of what a person may do in a time, once, when nothing else stands against the command. May refuse. */
  spend?: (() => Promise<void>) | undefined;
  answer: (steps: Step[]) => Answer<O>;
  /** How often it is tried at most; as often as all commands, without it. */
  attemptsMax?: number;
  /** Called after each try, whatever came of it. */
  settle?: () => void;
}

/**
 * Runs a command: reads; asks; decides; writes what is still as it was read, together with the answer. Who was overtaken
 * by others tries again after those of this process who were as well, so that they do not overtake one another for ever.
 */
export function runCommand({ write, turns }: { write: WriteChanges; turns: Turns }) {
  return async <I extends DescMessage, O extends DescMessage, K, Asked>(
    command: Command<I, O, K, Asked>,
  ): Promise<MessageShape<O>> => {
    const { method, request, context } = command;
    const caller = callerOf(context);
    const key = requestKey(method, request, { projectId: request.projectId, caller: String(caller.userId) });
    let asked: { answer: Asked } | undefined;
    let isSpent = false;
    const attempt = async (): Promise<MessageShape<O> | undefined> => {
      const { remembered, ...known } = await command.read(key);
      if (remembered !== undefined) return replay(method.output, key, remembered);
      asked ??= { answer: await command.ask(known as K) };
      const steps = await command.decide(known as K, asked.answer);
      if (steps === undefined) return undefined;
      throwIfAborted(context);
      if (!isSpent) await command.spend?.();
      isSpent = true;
      const { name, revision, response: init } = command.answer(steps);
      const response = create(method.output, init);
      const remember = { ...key, name, revision, response: toBinary(method.output, response) };
      const commitTime = await write({ caller: caller.userId, steps, remember, context });
      if (commitTime === undefined) return undefined;
      (response as { acknowledgement?: Acknowledgement }).acknowledgement = acknowledgement(key, {
        name,
        revision,
        commitTime,
      });
      return response;
    };
    const settled = () => attempt().finally(() => command.settle?.());
    return untilWritten(settled, (again) => turns(command.turn, again), command.attemptsMax);
  };
}
