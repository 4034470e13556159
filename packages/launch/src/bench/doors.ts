import { randomUUID } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskService, TaskView } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { System } from "../system.ts";
import { httpClient } from "./http-client.ts";
import type { Processes } from "./processes.ts";
import { wire } from "./wire.ts";

/** A task of a project. */
export interface Place {
  projectId: number;
  taskId: number;
}

/** One way to a system, ours or a peer's: the same work behind each. Callers are numbered from 0. */
export interface Door {
  name: string;
  /** What is counted beside PostgreSQL. */
  processes: Processes;
  /** Returns what submitting needs. Rejects if the caller did not get the lock. */
  lock(caller: number, place: Place): Promise<string>;
  submit(caller: number, place: Place, token: string): Promise<void>;
  get(caller: number, place: Place): Promise<void>;
  /** The tasks of a project with their areas; returns the size of the answer. */
  list(caller: number, projectId: number): Promise<number>;
  close(): void;
}

const LISTED_MAX = 1_000;

/** gRPC, straight to the task service. */
export function grpcDoor(system: System, tokens: readonly string[], processes: Processes): Door {
  const client = wire(system.addresses.task, tokens.length);
  const { lockTask } = LockService.method;
  const { submitTask } = SubmissionService.method;
  const { getTask, listTasks } = TaskService.method;
  const purpose = LockPurpose.MAPPING;
  return {
    name: "Tessera, gRPC",
    processes,
    lock: async (caller, place) => {
      const { token } = await client.call(lockTask, tokens[caller], {
        requestId: randomUUID(),
        ...place,
        purpose,
      });
      return String(token);
    },
    submit: async (caller, place, token) => {
      const work = { lockToken: BigInt(token), result: SubmissionResult.MAPPED };
      await client.call(submitTask, tokens[caller], { requestId: randomUUID(), ...place, ...work });
    },
    get: async (caller, place) => void (await client.call(getTask, tokens[caller], place)),
    list: async (caller, projectId) => {
      const request = create(listTasks.input, { projectId, pageSize: LISTED_MAX, view: TaskView.WITH_AREA });
      const path = `/${listTasks.parent.typeName}/${listTasks.name}`;
      return (await client.callBytes(path, tokens[caller], toBinary(listTasks.input, request))).length;
    },
    close: client.close,
  };
}

/** REST, through the gateway; `minimal` asks for no documents after commands. */
export function restDoor(
  system: System,
  tokens: readonly string[],
  processes: Processes,
  minimal: boolean,
): Door {
  const client = httpClient(system.url);
  const headers = (caller: number) => ({ authorization: `Bearer ${tokens[caller]}` });
  const commanding = (caller: number) => ({
    ...headers(caller),
    "idempotency-key": `"${randomUUID()}"`,
    ...(minimal && { prefer: "return=minimal" }),
  });
  const at = ({ projectId, taskId }: Place) => `/v1/projects/${projectId}/tasks/${taskId}`;
  return {
    name: minimal ? "Tessera, REST, return=minimal" : "Tessera, REST",
    processes,
    // The token of a new lock is its revision, which the ETag says also where no document was asked for.
    lock: async (caller, place) =>
      (await client.send("PUT", `${at(place)}/lock`, commanding(caller), { purpose: "LOCK_PURPOSE_MAPPING" }))
        .etag,
    submit: async (caller, place, token) => {
      const work = { lock_token: token, result: "SUBMISSION_RESULT_MAPPED" };
      await client.send("POST", `${at(place)}/submissions`, commanding(caller), work);
    },
    get: async (caller, place) => void (await client.send("GET", at(place), headers(caller))),
    list: async (caller, projectId) =>
      (await client.send("GET", `/v1/projects/${projectId}/tasks?f=geojson`, headers(caller))).bytes,
    close: client.close,
  };
}
