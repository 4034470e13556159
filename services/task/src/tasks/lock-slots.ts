import type { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { lockLimitReached } from "../refusals.ts";

/** One of the locks that a person may hold for a purpose. A slot whose lock expired is free. */
export interface Slot {
  /** From 1 to the limit. */
  slot: number;
  projectId: number;
  taskId: number;
  expireTime: Date;
}

/** How many locks one person may hold, by purpose, in all projects together. */
export type SlotLimits = Partial<Record<LockPurpose, number>>;

/**
 * Chooses a free slot for a lock on a task. The slot of that very task counts as free: its holder asks again, or the
 * holder's lock on it expired. Refuses LOCK_LIMIT_REACHED.
 */
export function freeSlot(
  { slots, now, projectId, taskId }: { slots: readonly Slot[]; now: Date; projectId: number; taskId: number },
  limits: SlotLimits,
  purpose: LockPurpose,
): number {
  const limit = limits[purpose] ?? 0;
  const used = slots.filter(({ expireTime }) => expireTime > now);
  const same = slots.find((it) => it.projectId === projectId && it.taskId === taskId);
  if (same !== undefined) return same.slot;
  const taken = new Set(used.map(({ slot }) => slot));
  for (let slot = 1; slot <= limit; slot++) if (!taken.has(slot)) return slot;
  const first = used.reduce((soonest, it) => (it.expireTime < soonest.expireTime ? it : soonest));
  const held = `projects/${first.projectId}/tasks/${first.taskId}/lock`;
  throw lockLimitReached(limit, purpose, held, first.expireTime.getTime() - now.getTime());
}
