import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** Far more than what waits on the way to a reader and for the reader together. */
const EVENTS = 30_000;

let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

test("a slow reader learns so from the last message, and resumes there without loss", async () => {
  const projectId = await createProject(system, admin, {}, []);
  const { revisions, position, dropped } = await readSlowly(projectId);
  expect(dropped).toBe(true);
  for await (const { event } of system.task.watchTaskEvents({ projectId, position }, admin)) {
    revisions.push(event?.revision ?? 0n);
    if (revisions.at(-1) === BigInt(EVENTS)) break;
  }
  // The first message carries no event, and so does the first after resuming.
  const seen = revisions.filter((it) => it > 0n);
  expect(seen).toEqual(Array.from({ length: EVENTS }, (_, index) => BigInt(index + 1)));
});

/** Opens the stream, lets very much happen, and only then reads. */
async function readSlowly(projectId: number) {
  const revisions: bigint[] = [];
  let position = "";
  let dropped = false;
  for await (const message of system.task.watchTaskEvents({ projectId }, admin)) {
    if (position === "") await happen(projectId);
    ({ position, dropped } = message);
    revisions.push(message.event?.revision ?? 0n);
  }
  return { revisions, position, dropped };
}

/** Writes the history of one task, and waits until all of it has its position in the feed. */
async function happen(projectId: number): Promise<void> {
  const { sql } = system.databases.task;
  await sql`
    insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time)
    select ${projectId}, 1, n, ${TaskEventKind.COMMENTED}, 1, now(), clock_timestamp()
    from generate_series(1, ${EVENTS}) as n`;
  await expect
    .poll(async () => {
      const [row] = await sql<{ left: bigint }[]>`
          select count(*) as left from task_events where project_id = ${projectId} and position is null`;
      return Number(row?.left);
    })
    .toBe(0);
}
