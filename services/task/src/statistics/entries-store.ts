import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { PendingQuery, Row } from "postgres";

/** A part of a statement. */
export type Fragment = PendingQuery<Row[]>;

const { SUBMITTED, UNDONE, STATE_CHANGED, REPORTED } = TaskEventKind;
const { LOCK_RELEASED, LOCK_EXPIRED, LOCK_FORCED, SPLIT } = TaskEventKind;
/** The events that end a lock. */
const ENDS = [LOCK_RELEASED, LOCK_EXPIRED, SUBMITTED, LOCK_FORCED, SPLIT];
/** The events that may send mapping back. */
export const SENDS_BACK = [SUBMITTED, STATE_CHANGED, REPORTED];

/** The figures of statistics_days, in the order of its columns. */
export const FIGURES = [
  "mapped",
  "bad_imagery",
  "validated",
  "invalidated",
  "sent_back",
  "undone",
  "mapping_ms",
  "validation_ms",
] as const;

/**
 * What events count for, by person, project and day: the one rule by which they are rolled up, added to a roll-up and
 * recounted. `events` is a query of whole rows of task_events.
 */
export function daysOf(sql: TransactionSql, events: Fragment): Fragment {
  const submitted = (result: SubmissionResult) => sql`(e.to_state = ${stateOf(result)})::integer`;
  const held = (purpose: LockPurpose) => sql`
    case when e.lock_purpose = ${purpose}
      then greatest(0, round(extract(epoch from e.event_time - e.lock_time) * 1000))::bigint else 0 end`;
  return sql`
    select e.project_id, s.user_id, (e.event_time at time zone 'UTC')::date as day,
      sum(s.mapped)::integer as mapped, sum(s.bad_imagery)::integer as bad_imagery,
      sum(s.validated)::integer as validated, sum(s.invalidated)::integer as invalidated,
      sum(s.sent_back)::integer as sent_back, sum(s.undone)::integer as undone,
      sum(s.mapping_ms)::bigint as mapping_ms, sum(s.validation_ms)::bigint as validation_ms
    from (${events}) as e cross join lateral (
      select e.actor as user_id, ${submitted(SubmissionResult.MAPPED)} as mapped,
        ${submitted(SubmissionResult.BAD_IMAGERY)} as bad_imagery,
        ${submitted(SubmissionResult.VALIDATED)} as validated,
        ${submitted(SubmissionResult.INVALIDATED)} as invalidated,
        0 as sent_back, 0 as undone, 0::bigint as mapping_ms, 0::bigint as validation_ms
      where e.kind = ${SUBMITTED}
      union all
      select e.before_mapped_by, 0, 0, 0, 0, 1, 0, 0, 0
      where e.kind = any(${SENDS_BACK}::smallint[]) and e.to_state = ${TaskState.INVALIDATED}
        and e.from_state <> ${TaskState.INVALIDATED}
      union all
      select e.before_state_by, 0, 0, 0, 0, 0, 1, 0, 0 where e.kind = ${UNDONE}
      union all
      select e.lock_holder, 0, 0, 0, 0, 0, 0, ${held(LockPurpose.MAPPING)}, ${held(LockPurpose.VALIDATION)}
      where e.kind = any(${ENDS}::smallint[]) and e.lock_time is not null
    ) as s
    where s.user_id > 0 group by 1, 2, 3`;
}

/** Which states the tasks of each project gained and lost on each day. */
export function statesOf(sql: TransactionSql, events: Fragment): Fragment {
  return sql`
    select e.project_id, (e.commit_time at time zone 'UTC')::date as day, s.state::smallint as state,
      sum(s.count)::integer as count, min(e.position) as first_position
    from (${events}) as e
    cross join lateral (values (e.from_state, -1), (e.to_state, 1), (${TaskState.READY}, e.task_count)) as s (state, count)
    where (e.from_state <> e.to_state or e.task_count > 0) and s.state <> 0 and s.count <> 0
    group by 1, 2, 3`;
}

/** The state that a submission gives its task. */
function stateOf(result: SubmissionResult): TaskState {
  if (result === SubmissionResult.MAPPED) return TaskState.MAPPED;
  if (result === SubmissionResult.BAD_IMAGERY) return TaskState.BAD_IMAGERY;
  return result === SubmissionResult.VALIDATED ? TaskState.VALIDATED : TaskState.INVALIDATED;
}

/** The events that the roll-up does not count yet, all of them, for a `with` clause; `of` narrows them. */
export function recentEvents(sql: TransactionSql, of: Fragment): Fragment {
  return sql`recent as materialized (
    select * from task_events where position > (select position from statistics_feed) ${of}
    union all
    select * from task_events where position is null ${of})`;
}
