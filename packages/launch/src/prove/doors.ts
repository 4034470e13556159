import { type CallOptions, ConnectError, createClient } from "@connectrpc/connect";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { isBug } from "@tessera/rpc/until-decided.ts";
import type { System } from "../system.ts";

/** The two ways into the system. */
export type DoorName = "gRPC" | "REST";

/** A command on one task, with the id that makes it the same request whenever it is sent again. */
export interface Command {
  kind: "lock" | "submit" | "release";
  requestId: string;
  projectId: number;
  taskId: number;
  /** To hand in or release with. Absent for a release: of whichever lock the caller has. */
  lockToken?: bigint;
}

/** The answer to the caller. REST without a document says the revision, and whether it was a replay. */
export interface Reply {
  revision: bigint;
  replayed: boolean;
  name?: string;
  /** Seconds and nanoseconds, as they came. */
  commitTime?: string;
  /** Of a lock: what it is handed in with. Over REST the revision, which is the token of a new lock. */
  lockToken: bigint;
}

/** A typed error: a decision that nothing happens. Any other error means: not known. */
export class Refused extends Error {
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(reason: string, metadata: Readonly<Record<string, string>>) {
    super(reason);
    this.reason = reason;
    this.metadata = metadata;
  }
}

/** A bug of a service is no unknown result: to ask again would hide it. */
const BUG = "INTERNAL";

/** The reason that an error of a door carries, if it has one. */
export const reasonIn = (error: unknown) => (error instanceof Refused ? error.reason : undefined);

export type Send = (command: Command, token: string) => Promise<Reply>;
export type Doors = Record<DoorName, Send> & { close(): void };

/** How long one try may take before its outcome counts as not known. */
const TRY_MAX_MS = 5_000;

export function openDoors(system: System): Doors {
  const connection = connect(system.addresses.task);
  return { gRPC: grpcDoor(connection), REST: restDoor(system.url), close: () => connection.close() };
}

function grpcDoor(connection: ReturnType<typeof connect>): Send {
  const client = { ...createClient(LockService, connection), ...createClient(SubmissionService, connection) };
  const call = async ({ kind, ...command }: Command, options: CallOptions) => {
    if (kind === "lock")
      return client.lockTask({ ...onTask(command), purpose: LockPurpose.MAPPING }, options);
    const { lockToken } = command;
    const held = { ...onTask(command), ...(lockToken !== undefined && { lockToken }) };
    if (kind === "release") return client.releaseLock(held, options);
    return client.submitTask({ ...held, result: SubmissionResult.MAPPED }, options);
  };
  return async (command, token) => {
    const options = { headers: { authorization: `Bearer ${token}` }, timeoutMs: TRY_MAX_MS };
    const response = await call(command, options).catch((error: unknown) => {
      const refusal = error instanceof ConnectError ? refusalIn(error) : undefined;
      if (isBug(error)) throw new Refused(BUG, {});
      throw refusal === undefined ? error : new Refused(refusal.reason.name, refusal.metadata);
    });
    const { revision, replayed, name, commitTime } = response.acknowledgement as Acknowledgement;
    return {
      revision,
      replayed,
      name,
      commitTime: `${commitTime?.seconds}.${commitTime?.nanos}`,
      lockToken: "token" in response ? response.token : 0n,
    };
  };
}

function onTask({ requestId, projectId, taskId }: Omit<Command, "kind">) {
  return { requestId, projectId, taskId };
}

const REST = {
  lock: { method: "PUT", path: "lock" },
  submit: { method: "POST", path: "submissions" },
  release: { method: "DELETE", path: "lock" },
};

function restDoor(url: string): Send {
  return async ({ kind, requestId, projectId, taskId, lockToken }, token) => {
    const { method, path } = REST[kind];
    const body = {
      lock: { purpose: "LOCK_PURPOSE_MAPPING" },
      submit: { lock_token: String(lockToken), result: "SUBMISSION_RESULT_MAPPED" },
      release: undefined,
    }[kind];
    const query = kind === "release" && lockToken !== undefined ? `?lock_token=${lockToken}` : "";
    const response = await fetch(`${url}/v1/projects/${projectId}/tasks/${taskId}/${path}${query}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        "idempotency-key": `"${requestId}"`,
        prefer: "return=minimal",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TRY_MAX_MS),
    });
    const text = await response.text();
    if (!response.ok) throw problemIn(response.status, text);
    const etag = response.headers.get("etag");
    if (etag === null) throw new Error(`${response.status} without an ETag`);
    const revision = BigInt(etag.replaceAll('"', ""));
    const replayed = response.headers.get("idempotent-replayed") === "true";
    return { revision, replayed, lockToken: kind === "lock" ? revision : 0n };
  };
}

function problemIn(status: number, text: string): Error {
  if (status === 500) return new Refused(BUG, {});
  const problem = JSON.parse(text) as { reason?: string; metadata?: Record<string, string> };
  if (problem.reason === undefined) return new Error(`${status} ${text}`);
  return new Refused(problem.reason, problem.metadata ?? {});
}
