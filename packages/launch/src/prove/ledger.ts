import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Sent } from "./work.ts";

/** Every event has its position within this time of the last command. */
const POSITIONED_WITHIN_MS = 60_000;
const POLL_MS = 50;
const LOCKED = 2;
const SUBMITTED = 6;

interface Event {
  taskId: number;
  revision: bigint;
  kind: number;
  actor: bigint;
  submissionId: number;
}

/** The events of a project's tasks, each as "task:revision". */
export async function eventKeys(sql: Sql, projectId: number): Promise<Set<string>> {
  return new Set((await eventsOf(sql, projectId)).map((it) => `${it.taskId}:${it.revision}`));
}

/** Holds what the database says against what was acknowledged. Returns every difference. */
export async function auditLedger(sql: Sql, projectId: number, sent: readonly Sent[]): Promise<string[]> {
  return [
    ...(await ofPositions(sql, projectId)),
    ...(await ofRequests(sql, projectId, sent)),
    ...(await ofEffects(sql, projectId, sent)),
    ...(await ofTasks(sql, projectId)),
  ];
}

/** Each acknowledged command is remembered once, with the acknowledgement that was given, and nothing else is. */
async function ofRequests(sql: Sql, projectId: number, sent: readonly Sent[]): Promise<string[]> {
  const rows = await sql<{ requestId: string; name: string; revision: bigint; commitTime: Date }[]>`
    select request_id as "requestId", name, revision, commit_time as "commitTime" from remembered_requests
    where project_id = ${projectId} and name like ${`projects/${projectId}/tasks/%`}`;
  const remembered = new Map(rows.map((it) => [it.requestId, it]));
  const broken = sent.flatMap(({ command, reply }) => {
    const row = remembered.get(command.requestId);
    if (reply === undefined) return [];
    const what = `${command.kind} of task ${command.taskId}`;
    if (row === undefined) return [`${what}: acknowledged, but not remembered`];
    const isSame =
      row.revision === reply.revision &&
      row.name === reply.name &&
      row.commitTime.getTime() === millisecondsOf(reply.commitTime);
    return isSame ? [] : [`${what}: remembered as ${row.name} revision ${row.revision}`];
  });
  const ids = new Set(sent.map(({ command }) => command.requestId));
  if (rows.length !== remembered.size) broken.push("a request id is remembered twice");
  if (rows.some((it) => !ids.has(it.requestId))) broken.push("a request is remembered that nobody sent");
  return broken;
}

function millisecondsOf(commitTime = ""): number {
  const [seconds, nanos] = commitTime.split(".");
  return Number(seconds) * 1_000 + Math.floor(Number(nanos) / 1e6);
}

/** Each acknowledged command had its effect once, and there is no effect that nobody asked for. */
async function ofEffects(sql: Sql, projectId: number, sent: readonly Sent[]): Promise<string[]> {
  const submissions = await sql<{ taskId: number; userId: bigint; lockToken: bigint; name: string }[]>`
    select task_id as "taskId", user_id as "userId", lock_token as "lockToken",
      format('projects/%s/tasks/%s/submissions/%s', project_id, task_id, submission_id) as name
    from submissions where project_id = ${projectId}`;
  const events = await eventsOf(sql, projectId);
  const submissionsOf = Map.groupBy(submissions, (it) => it.taskId);
  const eventsOfTask = Map.groupBy(events, (it) => it.taskId);
  const broken = sent.flatMap(({ command: { kind, taskId, lockToken }, reply, person }) => {
    if (reply === undefined) return [];
    const mine = (eventsOfTask.get(taskId) ?? []).filter((it) => String(it.actor) === person.userId);
    const happened = mine.filter((it) => it.kind === (kind === "lock" ? LOCKED : SUBMITTED));
    const what = `${kind} of task ${taskId}`;
    if (happened.length !== 1) return [`${what}: ${happened.length} events`];
    if (kind === "lock") return happened[0]?.revision === reply.revision ? [] : [`${what}: another revision`];
    const [submission, ...more] = submissionsOf.get(taskId) ?? [];
    if (submission === undefined || more.length > 0) return [`${what}: not one submission`];
    const isMine = String(submission.userId) === person.userId && submission.lockToken === lockToken;
    return isMine && submission.name === reply.name ? [] : [`${what}: another submission`];
  });
  // What was sent but never acknowledged may have happened, once.
  const certain = sent.filter((it) => it.reply !== undefined).length;
  if (events.length < certain || events.length > sent.length) {
    broken.push(`${events.length} events of ${certain} acknowledged commands, ${sent.length} sent`);
  }
  return broken;
}

/** The history of each task has no gap, and no lock in it was taken while another held. */
async function ofTasks(sql: Sql, projectId: number): Promise<string[]> {
  const gaps = await sql<{ taskId: number }[]>`
    select t.task_id as "taskId" from tasks t left join (
      select task_id, count(*) as events, min(revision) as lowest, max(revision) as highest
      from task_events where project_id = ${projectId} and task_id > 0 group by task_id) e using (task_id)
    where t.project_id = ${projectId} and (t.revision <> coalesce(e.highest, 1)
      or coalesce(e.events, 0) <> t.revision - 1 or coalesce(e.lowest, 2) <> 2)`;
  const doubles = await sql<{ taskId: number }[]>`
    select task_id as "taskId" from (
      select task_id, kind, lag(kind) over (partition by task_id order by revision) as before
      from task_events where project_id = ${projectId} and task_id > 0 and kind in (2, 4, 5, 6)) e
    where kind = before and kind = ${LOCKED}`;
  return [
    ...gaps.map((it) => `task ${it.taskId}: a gap in its history`),
    ...doubles.map((it) => `task ${it.taskId}: locked while it was locked`),
  ];
}

/** Every event has a position of its own, and those of one task have them in order. */
async function ofPositions(sql: Sql, projectId: number): Promise<string[]> {
  const deadline = performance.now() + POSITIONED_WITHIN_MS;
  let missing = await unpositioned(sql);
  while (missing > 0 && performance.now() < deadline) {
    await sleep(POLL_MS);
    missing = await unpositioned(sql);
  }
  const [twice] = await sql<{ count: bigint }[]>`
    select count(position) - count(distinct position) as count from task_events`;
  const [unordered] = await sql<{ count: bigint }[]>`
    select count(*) as count from (
      select position, lag(position) over (partition by task_id order by revision) as before
      from task_events where project_id = ${projectId} and task_id > 0) e
    where position <= before`;
  return [
    ...(missing > 0 ? [`${missing} events have no position after ${POSITIONED_WITHIN_MS} ms`] : []),
    ...(twice?.count !== 0n ? [`${twice?.count} positions were given twice`] : []),
    ...(unordered?.count !== 0n ? [`${unordered?.count} events have a position before their turn`] : []),
  ];
}

async function unpositioned(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: bigint }[]>`
    select count(*) as count from task_events where position is null`;
  return Number(row?.count);
}

async function eventsOf(sql: Sql, projectId: number): Promise<Event[]> {
  return sql<Event[]>`
    select task_id as "taskId", revision, kind, actor, submission_id as "submissionId"
    from task_events where project_id = ${projectId} and task_id > 0`;
}
