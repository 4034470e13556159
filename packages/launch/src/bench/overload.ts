import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import type { System } from "../system.ts";
import { exchange } from "./doors.ts";
import { signInAll, squareProject } from "./ground.ts";
import type { Work } from "./load.ts";
import type { Setting } from "./report.ts";
import { wire } from "./wire.ts";

/** As many callers as the peak has, and then ten, and fifty times as many. */
const CALLERS = [16, 160, 800];
const SIDE = 40;
const WARM_UP_MS = 1_000;
/** A refused caller retries after one to two times this long, as RetryInfo says. */
const RETRY_MS = 1_000;
/** How a typed refusal looks: RESOURCE_EXHAUSTED over gRPC, 429 or 503 with a reason over REST. */
const REFUSED = /gRPC status 8|^Error: (429|503) .*(OVERLOADED|RATE_LIMITED)/s;

/** The workers: each is a person of its own, and works on a task of its own. */
interface Crowd {
  projectId: number;
  tokens: readonly string[];
}

interface Door {
  work: Work;
  close(): void;
}

/** What is still done with far more callers than can be served, and how soon the others are refused. */
export async function benchOverload({ system, forMs }: Setting): Promise<void> {
  const { projectId } = await squareProject(system, SIDE);
  for (const [name, open] of Object.entries(OVERLOADS)) {
    console.log(`\noverload: ${name} (a second; times in ms)`);
    // Tokens are valid for ten minutes.
    const crowd = { projectId, tokens: await signInAll(system, Math.max(...CALLERS)) };
    for (const callers of CALLERS)
      console.log(overloadLine(await overload(open, system, crowd, callers, forMs)));
  }
}

type Open = (system: Pick<System, "url" | "addresses">, crowd: Crowd, callers: number) => Door;

/** The loads, by what they are. */
const OVERLOADS: Record<string, Open> = {
  "reads over gRPC": ({ addresses }, { projectId, tokens }, callers) => {
    const client = wire(addresses.task, callers);
    const work: Work = async (worker) => {
      await client.call(TaskService.method.getTask, tokens[worker], { projectId, taskId: worker + 1 });
      return 1;
    };
    return { work, close: () => client.close() };
  },
  "lock commands over gRPC": ({ addresses }, { projectId, tokens }, callers) => {
    const client = wire(addresses.task, callers);
    const { lockTask, releaseLock } = LockService.method;
    const work: Work = async (worker) => {
      const task = { projectId, taskId: worker + 1 };
      const purpose = LockPurpose.MAPPING;
      await client.call(lockTask, tokens[worker], { requestId: randomUUID(), ...task, purpose });
      await client.call(releaseLock, tokens[worker], { requestId: randomUUID(), ...task });
      return 2;
    };
    return { work, close: () => client.close() };
  },
  "reads over REST": ({ url }, crowd, callers) => {
    const { ask, close } = rest(url, crowd, callers);
    const work: Work = async (worker) => {
      await ask("GET", worker, "");
      return 1;
    };
    return { work, close };
  },
  "lock commands over REST": ({ url }, crowd, callers) => {
    const { ask, close } = rest(url, crowd, callers);
    const work: Work = async (worker) => {
      await ask("PUT", worker, "/lock", { purpose: "LOCK_PURPOSE_MAPPING" });
      await ask("DELETE", worker, "/lock");
      return 2;
    };
    return { work, close };
  },
};

function rest(url: string, { projectId, tokens }: Crowd, callers: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const ask = (method: string, worker: number, path: string, body?: object) =>
    exchange(
      agent,
      `${url}/v1/projects/${projectId}/tasks/${worker + 1}${path}`,
      method,
      {
        authorization: `Bearer ${tokens[worker]}`,
        ...(body && { "content-type": "application/json" }),
        ...(method !== "GET" && { "idempotency-key": `"${randomUUID()}"`, prefer: "return=minimal" }),
      },
      body === undefined ? "" : JSON.stringify(body),
    );
  return { ask, close: () => agent.destroy() };
}

/** What came of an overload. */
interface Overloaded {
  callers: number;
  perSecond: number;
  refusedMs: number[];
  failures: Map<string, number>;
}

/** Loads a system with a number of callers that each start again as soon as they are answered. */
async function overload(
  open: Open,
  system: Pick<System, "url" | "addresses">,
  crowd: Crowd,
  callers: number,
  forMs: number,
): Promise<Overloaded> {
  const { work, close } = open(system, crowd, callers);
  const refusedMs: number[] = [];
  const failures = new Map<string, number>();
  const from = performance.now() + WARM_UP_MS;
  const end = from + forMs;
  let done = 0;
  const loop = async (worker: number): Promise<void> => {
    while (performance.now() < end) {
      const begunMs = performance.now();
      try {
        const count = await work(worker);
        const now = performance.now();
        if (now > from && now < end) done += count;
      } catch (error) {
        const tookMs = performance.now() - begunMs;
        const text = String(error);
        if (REFUSED.test(text)) refusedMs.push(tookMs);
        else failures.set(text.slice(0, 100), (failures.get(text.slice(0, 100)) ?? 0) + 1);
        await sleep(RETRY_MS * (1 + Math.random()));
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, worker) => loop(worker)));
  close();
  refusedMs.sort((one, other) => one - other);
  return { callers, perSecond: done / (forMs / 1_000), refusedMs, failures };
}

/** One row of the report. */
function overloadLine({ callers, perSecond, refusedMs, failures }: Overloaded): string {
  const at = (part: number) => (refusedMs[Math.floor(refusedMs.length * part)] ?? 0).toFixed(0);
  const goodput = `${perSecond.toFixed(0).padStart(6)}/s`;
  const refused = `${refusedMs.length} refused (p50 ${at(0.5)}, p99 ${at(0.99)})`;
  const others = [...failures].map(([text, count]) => `; ${count} × ${text}`).join("");
  return `  ${String(callers).padStart(5)} callers ${goodput}; ${refused}${others}`;
}
