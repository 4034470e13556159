import { ProjectRole } from "@tessera/contracts/tessera/project/v1/access_pb.ts";
import { TaskEventKind } from "@tessera/contracts/tessera/task/v1/task_event_pb.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  clear,
  plant,
  reasonOf,
  squares,
  type TestService,
  testService,
  whileHeld,
} from "../testing/service.ts";

const AUTHOR = 1;
const READER = 2;
const MANAGER = 3;
const SECRET = "my telephone number is 555-0199";

let service: TestService;

beforeAll(async () => {
  service = await testService();
  service.allow(MANAGER, { role: ProjectRole.MANAGER });
});

afterAll(() => service.end());

beforeEach(async () => {
  await clear(service.sql);
  await plant(service.sql, squares(2));
  await service.as(AUTHOR).createComment({ taskId: 1, text: SECRET });
});

const remove = (who: number, more: object = {}) =>
  service.as(who).deleteComment({ taskId: 1, commentId: 1, ...more });

/** Every table of the database that has the text somewhere in a row. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await service.sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = current_schema()`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await service.sql`
      select from ${service.sql(name)} as t where t::text like ${`%${text}%`} limit 1`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

test("the text is gone from the whole database, and the history says who deleted it", async () => {
  expect(await tablesWith(SECRET)).toEqual(["comments"]);
  const { acknowledgement } = await remove(MANAGER, { requestId: "gone" });
  expect(acknowledgement).toMatchObject({ name: "projects/1/tasks/1/comments/1", revision: 3n });
  expect(await tablesWith(SECRET)).toEqual([]);
  expect((await remove(MANAGER, { requestId: "gone" })).acknowledgement).toMatchObject({ replayed: true });
  expect(await reasonOf(service.as(AUTHOR).getComment({ taskId: 1, commentId: 1 }))).toBe(
    "COMMENT_NOT_FOUND",
  );
  const { events } = await service.as(READER).listTaskEvents({ taskId: 1 });
  expect(events.at(-1)).toMatchObject({
    kind: TaskEventKind.COMMENT_DELETED,
    actorUserId: BigInt(MANAGER),
    commentId: 1,
  });
});

test("its number is not used again", async () => {
  await remove(AUTHOR);
  const { acknowledgement } = await service.as(READER).createComment({ taskId: 1, text: "next" });
  expect(acknowledgement?.name).toBe("projects/1/tasks/1/comments/2");
  const { comments } = await service.as(READER).listComments({ taskId: 1 });
  expect(comments.map(({ commentId }) => commentId)).toEqual([2]);
});

test("somebody else is refused, and a second deletion finds nothing", async () => {
  expect(await reasonOf(remove(READER))).toBe("COMMENT_NOT_YOURS");
  expect(await reasonOf(remove(AUTHOR))).toBe("acknowledged");
  expect(await reasonOf(remove(AUTHOR))).toBe("COMMENT_NOT_FOUND");
  expect(await reasonOf(remove(AUTHOR, { taskId: 99 }))).toBe("TASK_NOT_FOUND");
});

test("of two deletions at once one takes effect", async () => {
  const held = {
    hold: (tx: Parameters<Step>[0]) => tx`select from tasks where task_id = 1 for update`,
    waiters: 2,
  };
  const reasons = await whileHeld(service.sql, held, () =>
    Promise.all([reasonOf(remove(AUTHOR)), reasonOf(remove(MANAGER))]),
  );
  expect(reasons.sort()).toEqual(["COMMENT_NOT_FOUND", "acknowledged"]);
});

type Step = Parameters<typeof whileHeld>[1]["hold"];
