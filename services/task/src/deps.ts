import type { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import type { KeyedMutex } from "@tessera/postgres/keyed-mutex.ts";
import type { Projects } from "./access/projects.ts";
import type { People } from "./assignments/people.ts";
import type { Store } from "./store.ts";
import type { RateKind } from "./talk/rate-store.ts";

/** What the handlers of this service work with. */
export interface Deps {
  store: Store;
  projects: Projects;
  people: People;
  /** The runner of operations. */
  operations: {
    /** Says that there is some. */
    poke(): void;
  };
  /** Commands that were overtaken on the same thing try again one after the other. */
  mutex: KeyedMutex;
  /** Aborts when this process is to end: streams end then, and their readers resume. */
  stopping: AbortSignal;
  settings: {
    /** How many locks one person may hold, by purpose. */
    slotLimits: Partial<Record<LockPurpose, number>>;
    /** How long a lock may last in all, extensions included, in seconds. */
    longestLockSeconds: number;
    /** How many comments and reports one person may write in a minute, in all projects together. */
    perMinute: Record<RateKind, number>;
    /** The most tasks of a project. */
    tasksMax: number;
    /** How old a stream may become, in milliseconds. */
    streamMaxMs: number;
    /** How large the tasks that are kept for maps may be together. */
    keptTaskSetsBytes: number;
  };
}
