import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";

/** Far more than what waits on the way to a reader and for the reader together. */
const EVENTS = 60_000;
const ALL_OF_THEM = Array.from({ length: EVENTS }, (_, index) => BigInt(index + 1));

let system: TestSystem;
let admin: Headers;

beforeAll(async () => {
  system = await testSystem();
  admin = await system.signIn("administrator");
});

afterAll(() => system.stop());

test("a slow reader of a project loses nothing: what it missed is read for it", async () => {
  const projectId = await createProject(system, admin, {}, []);
  const { revisions, dropped } = await readSlowly(projectId, { projectId });
  expect(dropped).toBe(false);
  expect(revisions).toEqual(ALL_OF_THEM);
});

test("a slow reader of all projects learns so from the last message, and resumes there without loss", async () => {
  const projectId = await createProject(system, admin, {}, []);
  const { revisions, position, dropped } = await readSlowly(projectId, {});
  expect(dropped).toBe(true);
  const rest = await readSlowly(projectId, { position }, revisions.length);
  expect([...revisions, ...rest.revisions]).toEqual(ALL_OF_THEM);
});

/**
 * Opens a stream, lets very much happen unless some of it was seen before, and only then reads: until all was seen or the
 * stream ends. Returns the revisions of the project's task.
 */
async function readSlowly(
  projectId: number,
  request: { projectId?: number; position?: string },
  seenBefore = 0,
) {
  const revisions: bigint[] = [];
  let position = "";
  let dropped = false;
  for await (const message of system.task.watchTaskEvents(request, admin)) {
    // The first message carries no event, and comes when the stream is open.
    if (position === "" && seenBefore === 0) await happen(projectId);
    ({ position, dropped } = message);
    if (message.event?.projectId === projectId) revisions.push(message.event.revision);
    if (seenBefore + revisions.length === EVENTS) break;
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
