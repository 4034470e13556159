import type { Access } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { permit, splitNotPossible } from "../refusals.ts";
import { held } from "./held.ts";
import { type Change, dateOf, follow, type Known, unchanged } from "./task.ts";

/**
 * Splits the task that the caller holds for mapping. Refuses in this order: what `access` says, then as `held`,
 * RESULT_NOT_ALLOWED.
 */
export function split(known: Known, caller: Caller, access: Access, token: bigint): Change {
  permit(access.mapping);
  const { task, mine } = held(known, caller, token);
  if (mine.purpose !== LockPurpose.MAPPING) throw splitNotPossible(task, mine);
  const happening = { kind: TaskEventKind.SPLIT, actorUserId: caller.userId, lock: mine };
  return { ...follow(unchanged(task), happening, REPLACED), holdsUntil: dateOf(mine.expireTime) };
}

/** What a task is that its parts replaced. */
export const REPLACED = { state: TaskState.SPLIT, lock: undefined, assignment: undefined };
