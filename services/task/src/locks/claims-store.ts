import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { ClaimOrder } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";

/** A caller that wants a task, and the kind of task. */
export interface Claim {
  projectId: number;
  holder: bigint;
  purpose: LockPurpose;
  order: ClaimOrder;
  /** For NEAREST. */
  longitude?: number | undefined;
  latitude?: number | undefined;
  /** Whether the caller's own mapping will do. */
  own: boolean;
}

/** The states that are offered, by purpose. An invalidated task is to be mapped before it is validated. */
export const OFFERED: Record<number, readonly TaskState[]> = {
  [LockPurpose.MAPPING]: [TaskState.READY, TaskState.INVALIDATED],
  [LockPurpose.VALIDATION]: [TaskState.MAPPED, TaskState.BAD_IMAGERY],
};

/** Whether a task `t` is free for the claim `w`: nobody holds it, it is not reserved for another, and not one's own to validate. */
export function freeFor(sql: Sql) {
  return sql`(t.lock_expire_time is null or t.lock_expire_time <= clock_timestamp())
      and (w.purpose = ${LockPurpose.VALIDATION} or t.assigned_to in (0, w.holder)
        or t.assigned_until <= clock_timestamp())
      and (w.purpose = ${LockPurpose.MAPPING} or w.own or t.mapped_by <> w.holder)`;
}

/** A claim of a task near the caller's last one, as a claim of the nearest to it; as one of any if the caller handed in none. */
export async function placedNearLast(sql: Sql, claim: Claim): Promise<Claim> {
  if (claim.order !== ClaimOrder.NEAR_LAST) return claim;
  const [last] = await sql<{ longitude: number; latitude: number }[]>`
    select (a.west + a.east) / 2 as longitude, (a.south + a.north) / 2 as latitude
    from submissions s join task_areas a using (project_id, task_id)
    where s.project_id = ${claim.projectId} and s.user_id = ${claim.holder}
    order by s.create_time desc, s.task_id desc limit 1`;
  return last ? { ...claim, ...last, order: ClaimOrder.NEAREST } : { ...claim, order: ClaimOrder.RANDOM };
}
