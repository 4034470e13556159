import { hash } from "node:crypto";
import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type Acknowledgement,
  AcknowledgementSchema,
} from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import type { Fragment } from "postgres";
import type { Sql, TransactionSql } from "./pool.ts";

/** For how many days requests are remembered: one more than is promised. */
const REMEMBERED_DAYS = 8;
/** Maximum number of requests that one statement forgets. */
const FORGOTTEN_MAX = 5_000;

const refuse = refusals(ReasonSchema);

/** What makes a request the same request. */
export interface RequestKey {
  /** 0 for a command that belongs to no project. */
  projectId: number;
  caller: string;
  requestId: string;
  /** SHA-256 of the RPC's name and the whole request. */
  digest: Buffer;
}

/** What a command came to, as it is remembered. */
export interface Outcome {
  /** The acknowledgement's. */
  name: string;
  revision: bigint;
  commitTime: Date;
  /** The response without its acknowledgement, in binary. */
  response: Uint8Array;
}

export function requestKey<I extends DescMessage>(
  method: DescMethod & { input: I },
  request: MessageShape<I> & { requestId: string },
  scope: { projectId: number; caller: string },
): RequestKey {
  const content = Buffer.concat([Buffer.from(`${method.name}\0`), toBinary(method.input, request)]);
  return { ...scope, requestId: request.requestId, digest: hash("sha256", content, "buffer") };
}

/** Looks a request up among those that took effect. Its table, remembered_requests, is made by each service. */
export async function recall(
  sql: Sql | TransactionSql,
  key: RequestKey,
): Promise<(Outcome & { digest: Buffer }) | undefined> {
  const [row] = await sql<(Outcome & { digest: Buffer })[]>`
    select digest, name, revision, commit_time as "commitTime", response
    from remembered_requests
    where project_id = ${key.projectId} and caller = ${key.caller} and request_id = ${key.requestId}`;
  return row;
}

/** What is stored of a request: each a value, or a fragment of SQL where the statement computes it. */
type Row = { [K in keyof (RequestKey & Outcome)]: (RequestKey & Outcome)[K] | Fragment };

/** Inserts a request that takes effect; one for each row of `from`, if that is given. The response is empty without one. */
export function rememberRequest(
  sql: Sql | TransactionSql,
  {
    projectId,
    caller,
    requestId,
    digest,
    name,
    revision,
    commitTime,
    response = Buffer.alloc(0),
  }: Omit<Row, "response"> & Partial<Pick<Row, "response">>,
  from: Fragment = sql``,
) {
  return sql`
    insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
    select ${projectId}, ${caller}, ${requestId}, ${digest}, ${name}, ${revision}, ${commitTime}, ${response} ${from}`;
}

/** Returns the response of a request that took effect before. Refuses REQUEST_ID_REUSED if its id came with another request. */
export function replay<O extends DescMessage>(
  output: O,
  key: RequestKey,
  remembered: Outcome & { digest: Uint8Array },
): MessageShape<O> {
  if (!key.digest.equals(remembered.digest)) {
    throw refuse(Reason.REQUEST_ID_REUSED, { metadata: { request_id: key.requestId } });
  }
  const response = fromBinary(output, remembered.response) as MessageShape<O> & {
    acknowledgement?: Acknowledgement;
  };
  response.acknowledgement = acknowledgement(key, remembered, true);
  return response;
}

/** The acknowledgement of a command that took effect. */
export function acknowledgement(
  key: Pick<RequestKey, "requestId">,
  { name, revision, commitTime }: Omit<Outcome, "response">,
  replayed = false,
): Acknowledgement {
  return create(AcknowledgementSchema, {
    requestId: key.requestId,
    name,
    revision,
    commitTime: timestampFromDate(commitTime),
    replayed,
  });
}

/** Forgets some of the requests that are older than was promised; returns how many. */
export async function forgetRequests(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from remembered_requests where (project_id, caller, request_id) in (
      select project_id, caller, request_id from remembered_requests
      where commit_time < now() - make_interval(days => ${REMEMBERED_DAYS})
      limit ${FORGOTTEN_MAX})`;
  return count;
}
