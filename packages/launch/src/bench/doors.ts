import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { createClient } from "@connectrpc/connect";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import type { Work } from "./load.ts";
import type { Wire } from "./wire.ts";

/** Tasks that nobody worked on yet, each given out once. */
export type TaskSupply = () => number;

/** Lock and submit over gRPC, each worker as a person of its own, by a client that costs next to nothing. */
export function wireWork(client: Wire, projectId: number, tokens: string[], tasks: TaskSupply): Work {
  const { lockTask } = LockService.method;
  const { submitTask } = SubmissionService.method;
  return async (worker) => {
    const taskId = tasks();
    const lock = { requestId: randomUUID(), projectId, taskId, purpose: LockPurpose.MAPPING };
    const { token } = await client.call(lockTask, tokens[worker], lock);
    await client.call(submitTask, tokens[worker], mapped(projectId, taskId, token));
    return 2;
  };
}

/** Claim and submit over gRPC. */
export function claimWork(client: Wire, projectId: number, tokens: string[]): Work {
  const { claimTask } = LockService.method;
  const { submitTask } = SubmissionService.method;
  return async (worker) => {
    const claim = { requestId: randomUUID(), projectId, purpose: LockPurpose.MAPPING };
    const { taskId, token } = await client.call(claimTask, tokens[worker], claim);
    await client.call(submitTask, tokens[worker], mapped(projectId, taskId, token));
    return 2;
  };
}

function mapped(projectId: number, taskId: number, lockToken: bigint) {
  return { requestId: randomUUID(), projectId, taskId, lockToken, result: SubmissionResult.MAPPED };
}

/** Lock and submit over gRPC by our own client, as a service uses it. */
export function grpcWork(address: string, projectId: number, tokens: string[], tasks: TaskSupply) {
  const connection = connect(address);
  const client = { ...createClient(LockService, connection), ...createClient(SubmissionService, connection) };
  const work: Work = async (worker) => {
    const options = { headers: { authorization: `Bearer ${tokens[worker]}` } };
    const taskId = tasks();
    const { token } = await client.lockTask(
      { requestId: randomUUID(), projectId, taskId, purpose: LockPurpose.MAPPING },
      options,
    );
    await client.submitTask(mapped(projectId, taskId, token), options);
    return 2;
  };
  return { work, close: () => connection.close() };
}

/** The same over REST. `minimal` asks for no documents. */
export function restWork(
  url: string,
  projectId: number,
  tokens: string[],
  tasks: TaskSupply,
  minimal: boolean,
) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const send = (method: string, path: string, token: string | undefined, body: unknown) =>
    exchange(
      agent,
      `${url}/v1/projects/${projectId}/tasks/${path}`,
      method,
      {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "idempotency-key": `"${randomUUID()}"`,
        prefer: minimal ? "return=minimal" : "return=representation",
      },
      JSON.stringify(body),
    );
  const work: Work = async (worker) => {
    const taskId = tasks();
    const revision = await send("PUT", `${taskId}/lock`, tokens[worker], { purpose: "LOCK_PURPOSE_MAPPING" });
    // The token of a new lock is its revision, which the ETag says also where no document was asked for.
    const work = { lock_token: revision, result: "SUBMISSION_RESULT_MAPPED" };
    await send("POST", `${taskId}/submissions`, tokens[worker], work);
    return 2;
  };
  return { work, close: () => agent.destroy() };
}

/** Sends a request; returns the revision in its ETag. */
export function exchange(
  agent: Agent,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (reply) => {
        let text = "";
        reply.setEncoding("utf8");
        reply.on("data", (part: string) => {
          text += part;
        });
        const done = () => {
          if ((reply.statusCode ?? 500) < 300) resolve(reply.headers.etag?.replaceAll('"', "") ?? "");
          else reject(new Error(`${reply.statusCode} ${text}`));
        };
        reply.on("end", done);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
