import { timestampDate } from "@bufbuild/protobuf/wkt";
import { durationOf } from "@tessera/contracts/duration.ts";
import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { Reason as ProjectReason } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Refusal } from "@tessera/rpc/refusal.ts";
import { describe, expect, test } from "vitest";
import { extend, lock, release } from "../locks/lock.ts";
import { submit } from "../submissions/submission.ts";
import {
  access,
  answer,
  known,
  LIMITS,
  locked,
  me,
  NO,
  NOW,
  STATES,
  seconds,
  task,
} from "../testing/tasks.ts";
import type { Slot } from "./lock-slots.ts";
import { type Change, liveLock } from "./task.ts";

const { MAPPING, VALIDATION } = LockPurpose;

describe("locking", () => {
  const LOCKABLE: Record<number, TaskState[]> = {
    [MAPPING]: [TaskState.READY, TaskState.INVALIDATED],
    [VALIDATION]: [TaskState.MAPPED, TaskState.BAD_IMAGERY, TaskState.INVALIDATED],
  };
  const cells = [MAPPING, VALIDATION].flatMap((purpose) => STATES.map((state) => [purpose, state] as const));

  test.each(cells)("purpose %i of a task in state %i has the one answer of the table", (purpose, state) => {
    const expected = LOCKABLE[purpose]?.includes(state) ? "LOCKED" : "TASK_STATE_NOT_LOCKABLE";
    expect(answer(() => lock(known(task({ state })), me, access(), purpose, LIMITS))).toBe(expected);
  });

  test.each(cells)(
    "purpose %i of a task in state %i held by another is refused with the holder",
    (purpose, state) => {
      const held = locked(9n, MAPPING, seconds(60), { state });
      expect(answer(() => lock(known(held), me, access(), purpose, LIMITS))).toBe("TASK_LOCKED");
    },
  );

  test("a lock lasts as long as the project says, from now", () => {
    const { task: next } = lock(
      known(task()),
      me,
      access({ lockDuration: durationOf(300) }),
      MAPPING,
      LIMITS,
    );
    expect(timestampDate(next.lock?.expireTime as never)).toEqual(seconds(300));
  });

  test("a token is higher than any before on the task", () => {
    const { task: next } = lock(known(locked(9n, MAPPING, seconds(-1))), me, access(), MAPPING, LIMITS);
    expect(next.lock?.token).toBeGreaterThan(5n);
    expect(next.lock?.token).toBe(next.revision);
  });

  test("an expired lock is free for another, and its end is written with the time at which it expired", () => {
    const change = lock(known(locked(9n, MAPPING, seconds(-30))), me, access(), MAPPING, LIMITS);
    expect(change.events.map(({ kind }) => kind)).toEqual([TaskEventKind.LOCK_EXPIRED, TaskEventKind.LOCKED]);
    expect(timestampDate(change.events[0]?.eventTime as never)).toEqual(seconds(-30));
    expect(change.events.map(({ revision }) => revision)).toEqual([6n, 7n]);
    expect(change.task.revision).toBe(7n);
  });

  test("a lock is free at the very moment at which it expires, and not before", () => {
    expect(liveLock(locked(9n, MAPPING, NOW), NOW)).toBeUndefined();
    expect(liveLock(locked(9n, MAPPING, new Date(NOW.getTime() + 1)), NOW)).toBeDefined();
  });

  test("the holder of a lock keeps it when asking again, after all checks of access", () => {
    const mine = locked(7n, MAPPING, seconds(60));
    const slots = [{ slot: 1, projectId: 1, taskId: 2, expireTime: seconds(60) }];
    const change = lock(known(mine, slots), me, access(), MAPPING, LIMITS);
    expect(change).toEqual({ before: mine, task: mine, events: [] });
    expect(answer(() => lock(known(mine, slots), me, access({ mapping: NO }), MAPPING, LIMITS))).toBe(
      "LEVEL_TOO_LOW",
    );
  });

  test("a holder who asks for the other purpose is refused", () => {
    const mine = locked(7n, MAPPING, seconds(60), { state: TaskState.INVALIDATED });
    expect(answer(() => lock(known(mine), me, access(), VALIDATION, LIMITS))).toBe("TASK_LOCKED");
  });

  test("only managers validate their own mapping", () => {
    const own = task({ state: TaskState.MAPPED, mappedByUserId: 7n });
    expect(answer(() => lock(known(own), me, access(), VALIDATION, LIMITS))).toBe("OWN_MAPPING");
    const manager = access({ role: ProjectRole.MANAGER });
    expect(answer(() => lock(known(own), me, manager, VALIDATION, LIMITS))).toBe("LOCKED");
    expect(
      answer(() => lock(known({ ...own, state: TaskState.INVALIDATED }), me, access(), MAPPING, LIMITS)),
    ).toBe("LOCKED");
  });
});

describe("the limit of locks", () => {
  const elsewhere = (expire: Date, slot = 1): Slot => ({ slot, projectId: 3, taskId: 4, expireTime: expire });

  test("one mapping lock in all projects together", () => {
    expect(answer(() => lock(known(task(), [elsewhere(seconds(60))]), me, access(), MAPPING, LIMITS))).toBe(
      "LOCK_LIMIT_REACHED",
    );
  });

  test("an expired lock does not count, and gives its slot to the next", () => {
    const change = lock(known(task(), [elsewhere(seconds(-1))]), me, access(), MAPPING, LIMITS);
    expect(change.slot).toBe(1);
  });

  test("the lowest free slot is taken", () => {
    const slots = [elsewhere(seconds(60), 1), elsewhere(seconds(60), 3)];
    expect(lock(known(task(), slots), me, access(), MAPPING, { [MAPPING]: 3 }).slot).toBe(2);
  });

  test("the refusal names a task that is held, and when it becomes free", () => {
    try {
      lock(known(task(), [elsewhere(seconds(60))]), me, access(), MAPPING, LIMITS);
      expect.unreachable();
    } catch (error) {
      expect((error as Refusal).metadata).toMatchObject({ held: "projects/3/tasks/4/lock", limit: "1" });
      expect((error as Refusal).retryAfterMs).toBe(60_000);
    }
  });
});

describe("where two refusals apply, the earlier of the contract is answered", () => {
  const full = [{ slot: 1, projectId: 3, taskId: 4, expireTime: seconds(60) }];
  const theirs = locked(9n, MAPPING, seconds(60), { state: TaskState.VALIDATED });

  test.each([
    [
      "access before the limit",
      () => lock(known(undefined, full), me, access({ mapping: NO }), MAPPING, LIMITS),
      "LEVEL_TOO_LOW",
    ],
    [
      "the limit before not found",
      () => lock(known(undefined, full), me, access(), MAPPING, LIMITS),
      "LOCK_LIMIT_REACHED",
    ],
    [
      "not found before locked",
      () => lock(known(undefined), me, access(), MAPPING, LIMITS),
      "TASK_NOT_FOUND",
    ],
    ["locked before the state", () => lock(known(theirs), me, access(), MAPPING, LIMITS), "TASK_LOCKED"],
    [
      "access before not found, on submitting",
      () => submit(known(undefined), me, access({ mapping: NO }), work(1n, SubmissionResult.MAPPED)),
      "LEVEL_TOO_LOW",
    ],
    [
      "not held before not possible",
      () => submit(known(theirs), me, access(), work(5n, SubmissionResult.VALIDATED)),
      "LOCK_NOT_HELD",
    ],
    [
      "expired before stale",
      () => submit(known(locked(7n, MAPPING, seconds(-1))), me, access(), work(4n, SubmissionResult.MAPPED)),
      "LOCK_EXPIRED",
    ],
  ])("%s", (_, decide, expected) => {
    expect(answer(decide)).toBe(expected);
  });
});

function work(lockToken: bigint, result: SubmissionResult) {
  return { lockToken, result, comment: "", issues: [] };
}

describe("handing in", () => {
  const RESULTS: Record<number, Record<number, TaskState>> = {
    [MAPPING]: {
      [SubmissionResult.MAPPED]: TaskState.MAPPED,
      [SubmissionResult.BAD_IMAGERY]: TaskState.BAD_IMAGERY,
    },
    [VALIDATION]: {
      [SubmissionResult.VALIDATED]: TaskState.VALIDATED,
      [SubmissionResult.INVALIDATED]: TaskState.INVALIDATED,
    },
  };
  const all = [1, 2, 3, 4] as SubmissionResult[];
  const cells = [MAPPING, VALIDATION].flatMap((purpose) => all.map((result) => [purpose, result] as const));

  test.each(cells)("a lock of purpose %i with result %i", (purpose, result) => {
    const mine = locked(7n, purpose, seconds(60));
    const state = RESULTS[purpose]?.[result];
    if (state === undefined) {
      expect(answer(() => submit(known(mine), me, access(), work(5n, result)))).toBe("RESULT_NOT_ALLOWED");
      return;
    }
    const change = submit(known(mine), me, access(), work(5n, result));
    expect(change.task).toMatchObject({ state, revision: 6n, submissionCount: 1 });
    expect(change.task.lock).toBeUndefined();
    expect(change.submission).toMatchObject({ submissionId: 1, userId: 7n, result, lockToken: 5n });
    expect(purpose === MAPPING ? change.task.mappedByUserId : change.task.validatedByUserId).toBe(7n);
    expect(change.holdsUntil).toEqual(seconds(60));
  });

  test.each([
    ["nobody's task", task(), 5n, "LOCK_NOT_HELD"],
    ["another's task", locked(9n, MAPPING, seconds(60)), 5n, "LOCK_NOT_HELD"],
    ["another's task whose lock expired", locked(9n, MAPPING, seconds(-60)), 5n, "LOCK_NOT_HELD"],
    ["an older token", locked(7n, MAPPING, seconds(60)), 4n, "LOCK_TOKEN_STALE"],
    ["a token to come", locked(7n, MAPPING, seconds(60)), 6n, "LOCK_TOKEN_STALE"],
    ["an expired lock", locked(7n, MAPPING, NOW), 5n, "LOCK_EXPIRED"],
  ])("%s cannot be handed in", (_, of, token, expected) => {
    expect(answer(() => submit(known(of), me, access(), work(token, SubmissionResult.MAPPED)))).toBe(
      expected,
    );
  });

  test("an archived project takes no work, also from holders of locks", () => {
    const archived = access({ mapping: { permitted: false, reason: ProjectReason.PROJECT_ARCHIVED } });
    const mine = locked(7n, MAPPING, seconds(60));
    expect(answer(() => submit(known(mine), me, archived, work(5n, SubmissionResult.MAPPED)))).toBe(
      "PROJECT_ARCHIVED",
    );
    expect(answer(() => release(known(mine), me, archived, { token: undefined, force: false }))).toBe(
      "LOCK_RELEASED",
    );
  });
});

describe("extending and releasing", () => {
  test("an extension lasts one lock's length from now, and never gets shorter", () => {
    const expiry = (change: Change) => timestampDate(change.task.lock?.expireTime as never);
    const mine = known(locked(7n, MAPPING, seconds(60)));
    expect(expiry(extend(mine, me, access(), undefined, 604_800))).toEqual(seconds(7_200));
    expect(expiry(extend(mine, me, access({ lockDuration: durationOf(30) }), undefined, 604_800))).toEqual(
      seconds(60),
    );
  });

  test("an extension keeps the token", () => {
    expect(extend(known(locked(7n, MAPPING, seconds(60))), me, access(), 5n, 604_800).task.lock?.token).toBe(
      5n,
    );
  });

  test("a lock is extended up to its longest time, then no more", () => {
    // It was taken 600 s ago.
    const change = extend(known(locked(7n, MAPPING, seconds(60))), me, access(), undefined, 700);
    expect(timestampDate(change.task.lock?.expireTime as never)).toEqual(seconds(100));
    const atItsEnd = known(locked(7n, MAPPING, seconds(100)));
    expect(answer(() => extend(atItsEnd, me, access(), undefined, 700))).toBe("LOCK_LONGEST_REACHED");
  });

  test("a release drops the lock; the state never moved", () => {
    const { task: next } = release(known(locked(7n, VALIDATION, seconds(60))), me, access(), {
      token: 5n,
      force: false,
    });
    expect(next).toMatchObject({ state: TaskState.MAPPED, revision: 6n });
    expect(next.lock).toBeUndefined();
  });
});
