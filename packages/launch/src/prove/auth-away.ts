import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { untilDecided } from "@tessera/rpc/until-decided.ts";
import { squareProject } from "../bench/ground.ts";
import type { System } from "../system.ts";
import { type Command, openDoors, reasonIn } from "./doors.ts";
import { gatherPeople, type Person } from "./people.ts";

/** What people met while the auth service was gone. */
export interface AuthAway {
  asked: number;
  /** Commands that were sent more than once: each try may meet an overload. */
  retried: number;
  failed: number;
  broken: string[];
}

const PEOPLE = 16;
/** Between two commands of one person. */
const PAUSE_MS = 50;
/** How long everybody works before auth is stopped, so that everybody is known. */
const BEFORE_MS = 2_000;
/** The largest share of commands that may fail. */
const FAILED_SHARE_MAX = 0.001;
/** A command that is not acknowledged in as many tries has failed. */
const TRIES_MAX = 5;

/** People lock and release tasks while the auth service is killed and stays away for this time. */
export async function authAway(system: System, seconds: number): Promise<AuthAway> {
  const { projectId } = await squareProject(system, PEOPLE);
  const people = await gatherPeople(system, PEOPLE);
  const doors = openDoors(system);
  const run: AuthAway = { asked: 0, retried: 0, failed: 0, broken: [] };
  let isAway = false;
  let isOver = false;
  const ask = async (command: Command, token: string): Promise<void> => {
    const counts = isAway;
    let tries = 0;
    const send = () => {
      tries += 1;
      return doors.gRPC(command, token);
    };
    const error = await untilDecided(send, reasonIn, TRIES_MAX).then(
      () => undefined,
      (it: unknown) => it,
    );
    if (!counts) return;
    run.asked += 1;
    if (tries > 1) run.retried += 1;
    if (error === undefined) return;
    run.failed += 1;
    run.broken.push(`${command.kind} of task ${command.taskId}: ${error}`);
  };
  const work = async (person: Person, index: number): Promise<void> => {
    const token = await person.token();
    const task = { projectId, taskId: index + 1 };
    while (!isOver) {
      await ask({ ...task, kind: "lock", requestId: randomUUID() }, token);
      await ask({ ...task, kind: "release", requestId: randomUUID() }, token);
      await sleep(PAUSE_MS);
    }
  };
  const working = people.map(work);
  await sleep(BEFORE_MS);
  await system.kill("auth");
  isAway = true;
  await sleep(seconds * 1_000);
  isOver = true;
  await Promise.all(working);
  await system.start("auth");
  doors.close();
  if (run.failed <= run.asked * FAILED_SHARE_MAX) run.broken = [];
  return run;
}
