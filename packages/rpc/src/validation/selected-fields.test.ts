import { create } from "@bufbuild/protobuf";
import { ListTasksRequestSchema } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { expect, test } from "vitest";
import { Refusal } from "../refusal.ts";
import { validate } from "./validation.ts";

function violations(paths: string[]): string[] {
  try {
    validate(ListTasksRequestSchema, create(ListTasksRequestSchema, { projectId: 1, fields: { paths } }));
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.violations.map((it) => `${it.field}: ${it.description}`);
    throw error;
  }
}

test("fields are chosen by their names, any number of them", () => {
  expect(violations([])).toEqual([]);
  expect(violations(["task_id", "lock", "task_id"])).toEqual([]);
});

test.each([
  ["stat", 'fields: "stat" is not a field that can be chosen: do you mean "state"?'],
  ["zebra", 'fields: "zebra" is not a field that can be chosen'],
  ["", 'fields: "" is not a field that can be chosen'],
  [
    "lock.token",
    'fields: "lock.token" is a part of a field: only a whole field can be chosen, such as "lock"',
  ],
])('"%s" is refused by its name', (path, sentence) => {
  expect(violations(["state", path])).toEqual([sentence]);
});

test("each name that is wrong has its own sentence", () => {
  expect(violations(["stat", "lok"])).toHaveLength(2);
});
