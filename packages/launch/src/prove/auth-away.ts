import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { signInAll, squareProject } from "../bench/ground.ts";
import { wire } from "../bench/wire.ts";
import type { System } from "../system.ts";

/** What people met while the auth service was gone. */
export interface AuthAway {
  asked: number;
  failed: number;
  broken: string[];
}

const PEOPLE = 16;
/** Between two commands of one person. */
const PAUSE_MS = 50;
/** Everybody works for so long before auth goes, so that everybody is known. */
const BEFORE_MS = 2_000;
/** Of the commands, no more than so many may fail. */
const FAILED_SHARE_MAX = 0.001;

/** People lock and release tasks while the auth service is killed and stays away for so long. */
export async function authAway(system: System, seconds: number): Promise<AuthAway> {
  const { projectId } = await squareProject(system, PEOPLE);
  const tokens = await signInAll(system, PEOPLE);
  const client = wire(system.addresses.task, PEOPLE);
  const { lockTask, releaseLock } = TaskService.method;
  const run: AuthAway = { asked: 0, failed: 0, broken: [] };
  let isAway = false;
  let isOver = false;
  const told = async (call: Promise<unknown>): Promise<void> => {
    const counts = isAway;
    const error = await call.then(
      () => undefined,
      (it: unknown) => it,
    );
    if (!counts) return;
    run.asked += 1;
    if (error === undefined) return;
    run.failed += 1;
    run.broken.push(`a lock or its release: ${error}`);
  };
  const work = async (token: string, index: number): Promise<void> => {
    const task = { projectId, taskId: index + 1 };
    while (!isOver) {
      await told(
        client.call(lockTask, token, { ...task, requestId: randomUUID(), purpose: LockPurpose.MAPPING }),
      );
      await told(client.call(releaseLock, token, { ...task, requestId: randomUUID() }));
      await sleep(PAUSE_MS);
    }
  };
  const working = tokens.map(work);
  await sleep(BEFORE_MS);
  await system.kill("auth");
  isAway = true;
  await sleep(seconds * 1_000);
  isOver = true;
  await Promise.all(working);
  await system.start("auth");
  client.close();
  if (run.failed <= run.asked * FAILED_SHARE_MAX) run.broken = [];
  return run;
}
