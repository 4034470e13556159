import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { beginFor, type CallContext } from "./begin-for.ts";
import { databaseFailure } from "./database-failure.ts";
import type { Sql, TransactionSql } from "./pool.ts";
import { acknowledgement, type RequestKey, recall, replay, requestKey, untilWritten } from "./requests.ts";

/** What a command came to: the resource that its acknowledgement names, and what else its response says. */
export interface Answer<O extends DescMessage> {
  name: string;
  revision: bigint;
  response?: MessageInitShape<O>;
  /** Fields of the response that are never stored, such as a token: `replayed` has to make them anew. */
  secret?: MessageInitShape<O>;
}

/** One command, as it runs. */
export interface Command<I extends DescMessage, O extends DescMessage, A = undefined> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string };
  /** The call. Once its caller has gone, or its deadline has passed, nothing is written. */
  context: CallContext;
  /** Whose request it is, where that is not the user who calls: who the request is from where nobody is signed in. */
  caller?: string;
  /** In which project the request is remembered; 0 where it belongs to none, which is the default. */
  projectId?: number;
  /**
   * What must be known before, and takes waiting: the answers of other services, measures of an area. It comes after the
   * look at what is remembered, is never run in a transaction, and only once however often the command is tried.
   */
  ask?: () => Promise<A>;
  /** Reads with locks, decides, and writes, all in the transaction; `now` is the moment of the command. Refuses by throwing. */
  work: (sql: TransactionSql, now: Date, asked: A) => Promise<Answer<O>>;
  /** Completes a response that is replayed by what was never stored. */
  replayed?: (response: MessageShape<O>) => Promise<MessageShape<O>>;
}

/** What a try of a command throws that found, when it came to write, that somebody else had been quicker. */
export class Overtaken extends Error {}

/**
 * Runs a command in one transaction, which remembers the request first: a twin waits there until the first has committed,
 * and is then answered as the first was.
 */
export async function runCommand<I extends DescMessage, O extends DescMessage, A = undefined>(
  sql: Sql,
  command: Command<I, O, A>,
): Promise<MessageShape<O>> {
  const { method, request, context, projectId = 0, ask, work, replayed = async (it) => it } = command;
  const { caller = String(callerOf(context).userId) } = command;
  const key = requestKey(method, request, { projectId, caller });
  let asked: { answer: A } | undefined;
  return untilWritten(async () => {
    const remembered = await recall(sql, key);
    if (remembered !== undefined) return replayed(replay(method.output, key, remembered));
    asked ??= { answer: (await ask?.()) as A };
    const { answer } = asked;
    return writeOnce(sql, { context, key, output: method.output, work: (tx, now) => work(tx, now, answer) });
  });
}

/** What a command writes once it is decided. */
export interface Writing<O extends DescMessage> {
  context: CallContext;
  key: RequestKey;
  output: O;
  work: (sql: TransactionSql, now: Date) => Promise<Answer<O>>;
}

/**
 * Writes in one transaction, which remembers the request first. Returns undefined, with nothing written, where the request
 * took effect meanwhile, where `work` throws Overtaken, and where two transactions were in each other's way. Throws, with
 * nothing written, where the caller has gone before the commit: it may have waited for rows of others until then.
 */
export async function writeOnce<O extends DescMessage>(
  sql: Sql,
  writing: Writing<O>,
): Promise<MessageShape<O> | undefined> {
  return beginFor(sql, writing.context, (tx) => write(tx, writing)).catch(undefinedIfOvertaken);
}

async function write<O extends DescMessage>(
  sql: TransactionSql,
  { key, output, work }: Writing<O>,
): Promise<MessageShape<O>> {
  const [taken] = await sql<{ commit_time: Date }[]>`
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
    values (${key.projectId}, ${key.caller}, ${key.requestId}, ${key.digest}, '', 0,
      date_trunc('milliseconds', clock_timestamp()), '')
    on conflict do nothing
    returning commit_time`;
  if (taken === undefined) throw new Overtaken();
  const { name, revision, response: init, secret } = await work(sql, taken.commit_time);
  await sql`
    update remembered_requests
    set name = ${name}, revision = ${revision}, response = ${toBinary(output, create(output, init))}
    where project_id = ${key.projectId} and caller = ${key.caller} and request_id = ${key.requestId}`;
  const response = create(output, { ...(init as object), ...(secret as object) } as MessageInitShape<O>);
  (response as { acknowledgement?: Acknowledgement }).acknowledgement = acknowledgement(key, {
    name,
    revision,
    commitTime: taken.commit_time,
  });
  return response;
}

function undefinedIfOvertaken(error: unknown): undefined {
  if (error instanceof Overtaken || databaseFailure(error) === "conflict") return undefined;
  throw error;
}
