import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Columns } from "./write-changes.ts";

/** Writes what is seldom written, each only where it is. */
export function seldom(sql: Sql | TransactionSql, steps: Columns) {
  const has = (key: keyof Columns[number]) => steps.some((it) => it[key] !== undefined);
  return sql`${has("outcome") ? submitted(sql) : sql``}${has("events") ? earlierEvents(sql) : sql``}${has("comment") ? commented(sql) : sql``}${has("report") ? reported(sql) : sql``}`;
}

function submitted(sql: Sql | TransactionSql) {
  return sql`, submitted as (
      insert into submissions (project_id, task_id, submission_id, user_id, outcome, comment, lock_token, issues,
        create_time)
      select project_id, task_id, submission_count, submitted_by, outcome, submission_comment, submission_token, issues,
        commit_time
      from write where outcome is not null
    )`;
}

/** The events of a task before the last one: the end of an expired lock, before the next lock. */
function earlierEvents(sql: Sql | TransactionSql) {
  return sql`, appended_earlier as (
      insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state,
        to_state, lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time, submission_id, assigned_to,
        comment_id, report_id, priority, operation_id, before_state_revision, before_state_by, before_mapped_by,
        before_validated_by)
      select w.project_id, w.task_id, e.revision, e.kind, e.actor, coalesce(e.event_time, w.commit_time),
        w.commit_time, e.from_state, e.to_state, e.lock_holder, e.lock_purpose, e.lock_token, e.lock_time,
        e.lock_expire_time, e.submission_id, e.assigned_to, e.comment_id, e.report_id, e.priority, w.operation_id,
        w.before_state_revision, w.before_state_by, w.before_mapped_by, w.before_validated_by
      from write w, jsonb_to_recordset(w.events) as e (revision bigint, kind smallint, actor bigint,
          event_time timestamptz, from_state smallint, to_state smallint, lock_holder bigint, lock_purpose smallint,
          lock_token bigint, lock_time timestamptz, lock_expire_time timestamptz, submission_id integer,
          assigned_to bigint, comment_id integer, report_id integer, priority smallint)
    )`;
}

function commented(sql: Sql | TransactionSql) {
  return sql`, commented as (
      insert into comments (project_id, task_id, comment_id, user_id, text, create_time)
      select w.project_id, w.task_id, w.comment_count, c.user_id, c.text, w.commit_time
      from write w, jsonb_to_record(w.comment) as c (user_id bigint, text text)
      where w.comment is not null
    )`;
}

function reported(sql: Sql | TransactionSql) {
  return sql`, reported as (
      insert into reports (project_id, task_id, report_id, user_id, longitude, latitude, category, description,
        source, external_id, invalidated, create_time)
      select w.project_id, w.task_id, w.report_count, r.user_id, r.longitude, r.latitude, r.category, r.description,
        r.source, r.external_id, r.invalidated, w.commit_time
      from write w, jsonb_to_record(w.report) as r (user_id bigint, longitude float8, latitude float8, category text,
        description text, source text, external_id text, invalidated boolean)
      where w.report is not null
    )`;
}
