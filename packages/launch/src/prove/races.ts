import { randomUUID } from "node:crypto";
import { untilDecided } from "@tessera/rpc/until-decided.ts";
import { squareProject } from "../bench/ground.ts";
import type { System } from "../system.ts";
import {
  type Command,
  type DoorName,
  type Doors,
  openDoors,
  Refused,
  type Reply,
  reasonIn,
} from "./doors.ts";
import { gatherPeople, type Person } from "./people.ts";

/** How many ask for one task at once: half of them through each door. */
const RUNNERS = 32;
const SIDE = 8;

/** What came of the races. */
export interface RacesRun {
  rounds: number;
  asked: number;
  broken: string[];
}

interface Runner {
  person: Person;
  door: DoorName;
}

interface Finish extends Runner {
  reply?: Reply;
  error?: unknown;
}

/** One holder: of 32 who ask for a free task at once, one gets it, and all others learn who has it. */
export async function races(system: System, rounds: number): Promise<RacesRun> {
  const people = await gatherPeople(system, RUNNERS);
  const { projectId } = await squareProject(system, SIDE);
  const doors = openDoors(system);
  const broken: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const taskId = (round % SIDE ** 2) + 1;
    // Callers through one door use the other in the next round.
    const runners = people.map(
      (person, index): Runner => ({ person, door: (index + round) % 2 === 0 ? "gRPC" : "REST" }),
    );
    const finishes = await Promise.all(runners.map((it) => run(doors, it, projectId, taskId)));
    broken.push(...breaches(finishes).map((it) => `race ${round + 1}, task ${taskId}: ${it}`));
    for (const { person, door, reply } of finishes) {
      if (reply === undefined) continue;
      const release = command("release", projectId, taskId, reply.lockToken);
      await untilDecided(async () => doors[door](release, await person.token()), reasonIn);
    }
  }
  doors.close();
  return { rounds, asked: rounds * RUNNERS, broken };
}

async function run(doors: Doors, runner: Runner, projectId: number, taskId: number): Promise<Finish> {
  const lock = command("lock", projectId, taskId);
  const send = async () => doors[runner.door](lock, await runner.person.token());
  return untilDecided(send, reasonIn).then(
    (reply) => ({ ...runner, reply }),
    (error: unknown) => ({ ...runner, error }),
  );
}

function command(kind: Command["kind"], projectId: number, taskId: number, lockToken = 0n): Command {
  return { kind, requestId: randomUUID(), projectId, taskId, lockToken };
}

function breaches(finishes: Finish[]): string[] {
  const winners = finishes.filter((it) => it.reply !== undefined);
  const [winner] = winners;
  if (winner === undefined || winners.length > 1) return [`${winners.length} got the lock`];
  return finishes
    .filter((it) => it !== winner && !namesHolder(it.error, winner.person.userId))
    .map((it) => `${it.door}: ${it.error}, where ${winner.person.userId} is the holder`);
}

function namesHolder(error: unknown, userId: string): boolean {
  return (
    error instanceof Refused && error.reason === "TASK_LOCKED" && error.metadata.holder_user_id === userId
  );
}
