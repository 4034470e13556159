import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Contributor, ContributorSchema } from "@tessera/contracts/tessera/task/v1/contribution_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { TaskState } from "@tessera/contracts/tessera/task/v1/task_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { feedState, recentEvents } from "../progress/recent-events-store.ts";
import { type Count, tallied } from "../progress/tallies.ts";
import type { Grouping } from "../tasks/each-project.ts";
import { type Contribution, type Contributions, minus, type Of, plus } from "./contributions.ts";

const { MAPPED, BAD_IMAGERY, VALIDATED, INVALIDATED } = SubmissionResult;
const VALIDATION = [TaskState.VALIDATED, TaskState.INVALIDATED];

/** What is said of somebody: what is counted, what of it comes from events without a position, and the locks. */
type Part = "counted" | "late" | "held";

interface Row extends Of {
  part: Part | "feed";
  position: bigint;
  continues: boolean;
}

/** Counts what each person did in a project, and is never wrong: those after a user, in their order. */
export function listContributors(sql: Sql, { byProject = false }: Grouping = {}) {
  const counted = tallied(count(sql, byProject));
  return async (
    projectId: number,
    userId: bigint | undefined,
    { after, limit }: { after: bigint; limit: number },
  ): Promise<Contributor[]> => {
    const people = await counted(projectId);
    const wanted = userId === undefined ? [...people.keys()] : [userId].filter((it) => people.has(it));
    return wanted
      .filter((it) => it > after)
      .sort((one, other) => (one < other ? -1 : 1))
      .slice(0, limit)
      .map((it) => contributorOf(projectId, it, people.get(it) as Contribution));
  };
}

function count(sql: Sql, byProject: boolean): Count<Contributions, Contributions> {
  return async (projectId, since) => {
    const counted = since ? sql`select * from change where not of_late` : counting(sql, projectId);
    const held = sql`
      select 'held' as part, holder as "userId", 0 as mapped, 0 as validated, 0 as mappings, 0 as validations,
        count(*)::integer as held, null::timestamptz as last, null::bigint as position, null::boolean as continues
      from lock_slots
      where project_id = ${projectId} and expire_time > clock_timestamp() group by holder`;
    const summing = sql<Row[]>`
      with ${recentEvents(sql, projectId, since)}, ${change(sql, projectId)}
      ${summed(sql, "counted", counted)}
      union all ${summed(sql, "late", sql`select * from change where of_late`)}
      ${byProject ? sql`` : sql`union all ${held}`}
      union all
      select 'feed', 0, 0, 0, 0, 0, 0, null, feed.position, feed.continues
      from (select ${feedState(sql, projectId, since)}) as feed`;
    // Slots are distributed by person: with them, this would not be one statement on the project's server, of one moment.
    const [counts, apart] = await Promise.all([summing, byProject ? sql<Row[]>`${held}` : []]);
    const rows = [...counts, ...apart];
    const feed = rows.find(({ part }) => part === "feed");
    if (!feed?.continues) return undefined;
    const of = (part: Part) => rows.filter((row) => row.part === part);
    const all = plus(since?.counts ?? new Map(), of("counted"));
    return { tally: { position: feed.position, counts: minus(all, of("late")) }, now: plus(all, of("held")) };
  };
}

function summed(sql: Sql, part: Part, from: ReturnType<typeof counting>) {
  return sql`
    select ${part}::text as part, user_id as "userId", sum(mapped)::integer as mapped,
      sum(validated)::integer as validated, sum(mappings)::integer as mappings,
      sum(validations)::integer as validations, 0 as held, max(last) as last,
      null::bigint as position, null::boolean as continues
    from (${from}) as summed group by user_id`;
}

/** All that was done in a project. */
function counting(sql: Sql, projectId: number) {
  return sql`
    select mapped_by as user_id, count(*) as mapped, 0 as validated, 0 as mappings, 0 as validations,
      null::timestamptz as last
    from tasks where project_id = ${projectId} and mapped_by <> 0 and state <> ${TaskState.SPLIT} group by mapped_by
    union all
    select validated_by, 0, count(*), 0, 0, null
    from tasks where project_id = ${projectId} and validated_by <> 0 and state = any(${VALIDATION}::smallint[])
    group by validated_by
    union all
    select user_id, 0, 0, count(*) filter (where outcome in (${MAPPED}, ${BAD_IMAGERY})),
      count(*) filter (where outcome in (${VALIDATED}, ${INVALIDATED})), max(create_time)
    from submissions where project_id = ${projectId} group by user_id`;
}

/**
 * What recent events changed, for a `with` clause: by all of them and, again, by the late ones alone (`of_late`). Of a task,
 * the first event says whose it was before; the task says whose it is.
 */
function change(sql: Sql, projectId: number) {
  const { SPLIT } = TaskState;
  return sql`
    weighed as (
      select recent.*, of_late from recent cross join lateral (values (false), (true)) as w (of_late)
      where late or not of_late),
    first as (
      select distinct on (of_late, task_id) * from weighed order by of_late, task_id, revision),
    turned as (
      select of_late, from_state as state, before_mapped_by as mapped_by, before_validated_by as validated_by,
        -1 as sign from first
      union all
      select first.of_late, t.state, t.mapped_by, t.validated_by, 1 from first
      join tasks t on t.project_id = ${projectId} and t.task_id = first.task_id),
    change as (
      select of_late, mapped_by as user_id, sign as mapped, 0 as validated, 0 as mappings, 0 as validations,
        null::timestamptz as last
      from turned where mapped_by <> 0 and state <> ${SPLIT}
      union all
      select of_late, validated_by, 0, sign, 0, 0, null
      from turned where validated_by <> 0 and state = any(${VALIDATION}::smallint[])
      union all
      select of_late, actor, 0, 0, (to_state <> all(${VALIDATION}::smallint[]))::integer,
        (to_state = any(${VALIDATION}::smallint[]))::integer, commit_time
      from weighed where kind = ${TaskEventKind.SUBMITTED})`;
}

function contributorOf(projectId: number, userId: bigint, it: Contribution): Contributor {
  return create(ContributorSchema, {
    projectId,
    userId,
    mappedTaskCount: it.mapped,
    validatedTaskCount: it.validated,
    heldTaskCount: it.held,
    mappingSubmissionCount: it.mappings,
    validationSubmissionCount: it.validations,
    ...(it.last && { lastSubmissionTime: timestampFromDate(it.last) }),
  });
}
