import {
  create,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { databaseFailure } from "@tessera/postgres/database-failure.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import {
  acknowledgement,
  type RequestKey,
  recall,
  replay,
  requestKey,
  untilWritten,
} from "@tessera/postgres/requests.ts";

/** What a command came to: the resource that its acknowledgement names, and what else its response says. */
export interface Answer<O extends DescMessage> {
  name: string;
  revision: bigint;
  response?: MessageInitShape<O>;
  /** Fields of the response that are never stored, such as a token: `replayed` has to make them anew. */
  secret?: MessageInitShape<O>;
}

/** One command, as it runs. */
export interface Command<I extends DescMessage, O extends DescMessage> {
  method: DescMethod & { input: I; output: O };
  request: MessageShape<I> & { requestId: string };
  /** Whose request it is: the user's id, or who the request is from where nobody is signed in. */
  caller: string;
  /** Reads with locks, decides, and writes, all in the transaction; `now` is the moment of the command. Refuses by throwing. */
  work: (sql: TransactionSql, now: Date) => Promise<Answer<O>>;
  /** Completes a response that is replayed by what was never stored. */
  replayed?: (response: MessageShape<O>) => Promise<MessageShape<O>>;
}

/** The request took effect while this try of it was under way. */
class TookEffect extends Error {}

/**
 * Runs a command in one transaction, which remembers the request first: a twin waits there until the first has committed,
 * and is then answered as the first was.
 */
export async function runCommand<I extends DescMessage, O extends DescMessage>(
  sql: Sql,
  { method, request, caller, work, replayed = async (it) => it }: Command<I, O>,
): Promise<MessageShape<O>> {
  const key = requestKey(method, request, { projectId: 0, caller });
  return untilWritten(async () => {
    const remembered = await recall(sql, key);
    if (remembered !== undefined) return replayed(replay(method.output, key, remembered));
    return sql.begin((transaction) => write(transaction, key, method.output, work)).catch(undefinedIfTaken);
  });
}

async function write<O extends DescMessage>(
  sql: TransactionSql,
  key: RequestKey,
  output: O,
  work: Command<DescMessage, O>["work"],
): Promise<MessageShape<O>> {
  const [taken] = await sql<{ commit_time: Date }[]>`
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
    values (${key.projectId}, ${key.caller}, ${key.requestId}, ${key.digest}, '', 0,
      date_trunc('milliseconds', clock_timestamp()), '')
    on conflict do nothing
    returning commit_time`;
  if (taken === undefined) throw new TookEffect();
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

/** Answered from what is remembered, or tried again where two transactions were in each other's way. */
function undefinedIfTaken(error: unknown): undefined {
  if (error instanceof TookEffect || databaseFailure(error) === "conflict") return undefined;
  throw error;
}
