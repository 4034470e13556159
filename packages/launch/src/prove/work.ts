import { randomUUID } from "node:crypto";
import { untilDecided } from "@tessera/rpc/until-decided.ts";
import { type Command, type DoorName, type Doors, type Reply, reasonIn } from "./doors.ts";
import type { Person } from "./people.ts";

/** A command as its sender remembers it. */
export interface Sent {
  command: Command;
  door: DoorName;
  person: Person;
  tries: number;
  /** The acknowledgement; absent if none came. */
  reply?: Reply;
}

/** What all workers share. */
export interface Work {
  doors: Doors;
  projectId: number;
  /** Every request that was ever sent. */
  sent: Sent[];
  acknowledged: number;
  /** Hands each task out once; undefined when there is none left. */
  nextTask(): number | undefined;
  isOver(): boolean;
  broken: string[];
}

/** Locks and hands in one task after the other until the drill is over. Never leaves a lock behind. */
export async function workOn(work: Work, person: Person, index: number): Promise<void> {
  let round = index;
  while (!work.isOver()) {
    const taskId = work.nextTask();
    if (taskId === undefined) return;
    const { projectId } = work;
    const lock: Command = { kind: "lock", requestId: randomUUID(), projectId, taskId };
    const held = await send(work, { command: lock, door: doorOf(round++), person, tries: 0 });
    if (held === undefined) return;
    const submit: Command = { ...lock, kind: "submit", requestId: randomUUID(), lockToken: held.lockToken };
    const done = await send(work, { command: submit, door: doorOf(round++), person, tries: 0 });
    if (done === undefined) return;
    // So that no worker always locks through one door and hands in through the other.
    if (taskId % 3 === 0) round++;
  }
}

function doorOf(round: number): DoorName {
  return round % 2 === 0 ? "gRPC" : "REST";
}

/** Sends the same request until it is acknowledged. A decision against it is a broken promise: the task is this worker's. */
async function send(work: Work, sent: Sent): Promise<Reply | undefined> {
  const { command, door, person } = sent;
  work.sent.push(sent);
  try {
    sent.reply = await untilDecided(async () => {
      sent.tries += 1;
      return work.doors[door](command, await person.token());
    }, reasonIn);
    work.acknowledged += 1;
    return sent.reply;
  } catch (error) {
    const what = `${command.kind} of task ${command.taskId} by ${door}`;
    work.broken.push(`${what}: ${reasonIn(error) ?? error} at try ${sent.tries}`);
    return undefined;
  }
}
