import { afterAll, beforeAll, expect, test } from "vitest";
import { plant, squares, type TestService, testService } from "../testing/service.ts";
import { getTask } from "./store.ts";

let service: TestService;

beforeAll(async () => {
  service = await testService();
  await plant(service.sql, squares(40));
});

afterAll(() => service.end());

test("those who look at single tasks at the same time share statements, and each gets what it asked for", async () => {
  let statements = 0;
  const counted = new Proxy(service.sql, {
    apply: (sql, self, args) => {
      // A part of a statement is a call too.
      if (String(args[0]).trim().startsWith("select")) statements += 1;
      return Reflect.apply(sql as never, self, args) as unknown;
    },
  });
  const read = getTask(counted, { byProject: service.isDistributed });
  statements = 0;
  const asked = Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? index / 2 + 1 : 10_000 + index));
  const tasks = await Promise.all(asked.map((taskId) => read(1, taskId)));
  expect(tasks.map((task) => task?.taskId)).toEqual(
    asked.map((taskId) => (taskId < 10_000 ? taskId : undefined)),
  );
  expect(tasks[2]?.area).toBeDefined();
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThanOrEqual(4);
});
