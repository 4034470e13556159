import { performance } from "node:perf_hooks";
import type { DescMethod } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Caller } from "../caller.ts";
import { refusals } from "../refusal.ts";
import { type Admitted, overloaded, type Patience, WorkQueue } from "./work-queue.ts";

/** What calls do: work, wait for what others do, stream answers, or send a file. Each kind is counted apart. */
export type Kind = "work" | "waits" | "streams" | "uploads";

/** How many calls of a kind there may be at once. */
export interface Room {
  /** In the whole process. */
  most: number;
  /** Of one person, and of one address where nobody is signed in: a house or a school may be behind it. */
  person: number;
  address: number;
}

/** The rooms of a process. Work has a queue instead, which serves callers in rotation. */
export type Rooms = Record<Exclude<Kind, "work">, Room>;

export const ROOMS: Rooms = {
  waits: { most: 1_000, person: 32, address: 100 },
  streams: { most: 5_000, person: 100, address: 500 },
  uploads: { most: 256, person: 8, address: 16 },
};
/** The deployment's own services have a room of their own, for all kinds. */
const OWN_MAX = 2_000;
/** When a room is filled by this part, a caller that is not in it yet gets this many places, and no other gets more. */
const FULL_PART = 0.75;
const FEW = 4;
/** Up to this many streams are taken however busy the process is. */
const STREAMS_SURE = 200;
/** A process that was busy for this part of the last second serves those that watch already. */
const BUSY = 0.95;
const BUSY_LOOK_MS = 1_000;
/** When a caller that has its share should come again, in milliseconds. */
const RETRY_MS = 5_000;

/**
 * Calls for a token wait for most of their deadline of 5 s. People come at once, a room of them from one address, and who is
 * refused a token can do nothing else meanwhile. They count as one more caller.
 */
const TOKEN_PATIENCE: Patience = { waitMs: 4_000, waitedMaxMs: 4_000 };

const refuse = refusals(ReasonSchema);

/** The caller, for admission. */
export interface Comer {
  method: DescMethod;
  caller: Caller;
  /** Of the client; "" where there is none. Asked for where nobody is signed in. */
  address: () => string;
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}

/** Lets calls in. */
export interface Admission {
  /** Returns the place of a call, when it may begin. Refuses OVERLOADED and RATE_LIMITED. */
  enter(comer: Comer, kind?: Kind): Admitted | Promise<Admitted>;
}

/** What a call of an RPC does. */
export function kindOf(method: DescMethod): Kind {
  if (method.methodKind === "unary") return rulesOf(method).waits ? "waits" : "work";
  return method.methodKind === "client_streaming" ? "uploads" : "streams";
}

/** The subject of a call's limits: the person, or the address if nobody is signed in. */
export function keyOf({ userId }: Caller, address: () => string): string {
  return userId > 0n ? `person ${userId}` : `address ${address()}`;
}

/**
 * Lets calls in, the same way at both doors: work by a limit that follows latency, callers in rotation; those that
 * wait or stream apart from it, with a share for each caller; and the deployment's own services apart from everybody.
 */
export function admission(rooms: Rooms = ROOMS, queueOf = queuePerProcess()): Admission {
  const own = new Capacity({ most: OWN_MAX, person: OWN_MAX, address: OWN_MAX });
  const capacities = {
    waits: new Capacity(rooms.waits),
    streams: new Capacity(rooms.streams),
    uploads: new Capacity(rooms.uploads),
  };
  const isBusy = busyness();
  return {
    enter: ({ method, caller, address, isGone }, kind = kindOf(method)) => {
      if (isOwn(caller)) return own.enter("own", OWN_MAX, kind);
      const key = keyOf(caller, address);
      if (kind === "work" && handsOut(method))
        return queueOf(method).enter({
          name: method.name,
          key: `${key} without a token`,
          isGone,
          patience: TOKEN_PATIENCE,
        });
      if (kind === "work") return queueOf(method).enter({ name: method.name, key, isGone });
      const room = rooms[kind];
      if (kind === "streams" && capacities.streams.taken >= STREAMS_SURE && isBusy()) throw overloaded();
      return capacities[kind].enter(key, caller.userId > 0n ? room.person : room.address, kind);
    },
  };
}

/** Which queue the work of an RPC waits in. */
export type QueueOf = (method: DescMethod) => WorkQueue;

/** One queue for all: they share one database and one process. */
function queuePerProcess(): QueueOf {
  const queue = new WorkQueue();
  return () => queue;
}

/**
 * A queue for each service that is called: calls of one that is slow wait for each other, and hold up nobody who calls another
 * one. Services of one package are one process.
 */
export function queuePerCalled(): QueueOf {
  const queues = new Map<string, WorkQueue>();
  return ({ parent }) => {
    const name = parent.file.proto.package;
    let queue = queues.get(name);
    if (queue === undefined) {
      queue = new WorkQueue();
      queues.set(name, queue);
    }
    return queue;
  };
}

/** A caller that requests a token has none: only RPCs that issue tokens accept every token. */
function handsOut(method: DescMethod): boolean {
  return rulesOf(method).scope === "";
}

/** No person's token has this scope; and what a service does for somebody was admitted where it began. */
function isOwn({ scopes, actor }: Caller): boolean {
  return actor !== "" || scopes.has("services");
}

/** The places of one kind, and who has them. */
export class Capacity {
  readonly #room: Room;
  readonly #takenOf = new Map<string, number>();
  taken = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Takes a place for `key`, which has at most `share` of them. Refuses OVERLOADED and RATE_LIMITED. */
  enter(key: string, share: number, kind: Kind): Admitted {
    const mine = this.#takenOf.get(key) ?? 0;
    if (this.taken >= this.#room.most) throw overloaded();
    if (mine >= share) throw shareTaken(kind);
    if (this.taken >= this.#room.most * FULL_PART && mine >= Math.min(FEW, share)) throw overloaded();
    this.taken += 1;
    this.#takenOf.set(key, mine + 1);
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this.taken -= 1;
      const others = (this.#takenOf.get(key) ?? 1) - 1;
      if (others === 0) this.#takenOf.delete(key);
      else this.#takenOf.set(key, others);
    };
    return { leave, away: (waiting) => waiting };
  }
}

function shareTaken(kind: Kind) {
  return refuse(Reason.RATE_LIMITED, { metadata: { limit: `${kind} at once` }, retryAfterMs: RETRY_MS });
}

/** Whether this process was busy all of the last second: what waits for it then waits for long. */
function busyness(): () => boolean {
  let before = performance.eventLoopUtilization();
  let lookedMs = performance.now();
  let busy = false;
  return () => {
    const now = performance.now();
    if (now - lookedMs < BUSY_LOOK_MS) return busy;
    const present = performance.eventLoopUtilization();
    busy = performance.eventLoopUtilization(present, before).utilization > BUSY;
    before = present;
    lookedMs = now;
    return busy;
  };
}
