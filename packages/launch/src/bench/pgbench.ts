import { execFile } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Measured } from "./load.ts";

const DEBIAN = "/usr/lib/postgresql";
const FIRST_PROJECT = 2_000_000;

/**
 * The same two statements by pgbench, which is C: what this PostgreSQL can do at all. Each client has a project of its
 * own with one task, which it locks and hands in again and again. Undefined where there is no pgbench.
 */
export async function pgbench(
  url: string,
  clients: number,
  seconds: number,
  folder: string,
): Promise<Measured | undefined> {
  const binary = find();
  if (binary === undefined) return undefined;
  const script = join(folder, "lock-and-submit.sql");
  writeFileSync(script, SCRIPT);
  const { stdout } = await promisify(execFile)(binary, [
    "--no-vacuum",
    "--protocol=prepared",
    `--client=${clients}`,
    `--jobs=${Math.min(2, clients)}`,
    `--time=${seconds}`,
    `--file=${script}`,
    url,
  ]);
  const pairs = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  const averageMs = Number(/latency average = ([\d.]+)/.exec(stdout)?.[1]);
  return { perSecond: 2 * pairs, p50Ms: averageMs / 2, p99Ms: 0, cpuMicros: undefined };
}

function find(): string | undefined {
  const folders = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin"))
    : [];
  const paths = [...(process.env.PATH ?? "").split(":"), ...folders].map((it) => join(it, "pgbench"));
  return paths.find(existsSync);
}

const SCRIPT = `
\\set project ${FIRST_PROJECT} + :client_id
\\set holder ${FIRST_PROJECT} + :client_id
insert into tasks (project_id, task_id, state, create_time, update_time, revision)
  values (:project, 1, 1, now(), now(), 1) on conflict do nothing;
with slot as (
  insert into lock_slots as s (holder, purpose, slot, project_id, task_id, token, expire_time)
  select :holder, 1, 1, project_id, task_id, revision + 1, now() + interval '2 hours' from tasks
  where project_id = :project and task_id = 1
    and (lock_expire_time is null or lock_expire_time <= clock_timestamp()) for update
  on conflict (holder, purpose, slot) do update set task_id = excluded.task_id, token = excluded.token,
    expire_time = excluded.expire_time where s.expire_time <= clock_timestamp()
  returning holder
), changed as (
  update tasks set lock_holder = slot.holder, lock_purpose = 1, lock_token = revision + 1, lock_time = now(),
    lock_expire_time = now() + interval '2 hours', update_time = now(), revision = revision + 1
  from slot where project_id = :project and task_id = 1 returning *
), event as (
  insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
    lock_holder, lock_purpose, lock_token, lock_time, lock_expire_time)
  select project_id, task_id, revision, 2, :holder, now(), now(), state, state, lock_holder, lock_purpose, lock_token,
    lock_time, lock_expire_time from changed
)
insert into remembered_requests
select project_id, :holder::text, gen_random_uuid()::text, '\\x00', 'lock', revision, now(), '\\x00' from changed;
with changed as (
  update tasks set state = 3 - state, state_revision = revision + 1, state_by = :holder, lock_holder = null,
    lock_purpose = null, lock_token = null, lock_time = null, lock_expire_time = null, mapped_by = :holder, submission_count = submission_count + 1, update_time = now(),
    revision = revision + 1
  where project_id = :project and task_id = 1 and lock_holder = :holder and lock_expire_time > clock_timestamp()
  returning *
), freed as (
  delete from lock_slots using changed where holder = :holder and purpose = 1 and slot = 1
), submitted as (
  insert into submissions
  select project_id, task_id, submission_count, :holder, 1, '', revision, now() from changed
), event as (
  insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, from_state, to_state,
    submission_id)
  select project_id, task_id, revision, 6, :holder, now(), now(), state, state, submission_count from changed
)
insert into remembered_requests
select project_id, :holder::text, gen_random_uuid()::text, '\\x00', 'submit', revision, now(), '\\x00' from changed;
`;
