import type { JsonObject } from "@bufbuild/protobuf";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { type Case, casesOf, gates } from "../ground/case.ts";

const METHODS = [TaskService.method.previewTasks, TaskService.method.streamTaskPreview];

/** Ways to cut, and what a preview answers to each. */
const WAYS: Record<string, [expected: string, fields: JsonObject]> = {
  "at a zoom": ["OK", { zoom: 11 }],
  "at zoom 0": ["OK", { zoom: 0 }],
  "at a zoom, whole": ["OK", { zoom: 11, edge: "GRID_EDGE_WHOLE" }],
  "into a number of tasks": ["OK", { task_count: 10 }],
  "into squares by metres": ["OK", { size_metres: 20_000 }],
  "at too deep a zoom": ["TOO_MANY_TASKS", { zoom: 22 }],
  "into too small squares": ["TOO_MANY_TASKS", { size_metres: 1 }],
  "in no way": ["FIELD_INVALID", {}],
  "in two ways": ["FIELD_INVALID", { zoom: 12, task_count: 10 }],
  "at zoom 23": ["FIELD_INVALID", { zoom: 23 }],
  "about none": ["FIELD_INVALID", { task_count: 0 }],
  "larger than 100 km": ["FIELD_INVALID", { size_metres: 100_001 }],
  "with an edge that is none": ["FIELD_INVALID", { zoom: 12, edge: 7 }],
};

/** What is previewed of a cut. Tasks that exist matter only where ground without tasks is filled. */
export const PREVIEW_CASES: readonly Case[] = METHODS.flatMap((method) => [
  ...gates(method, { zoom: 11 }),
  ...Object.entries(WAYS).flatMap(([what, [expected, fields]]) =>
    casesOf(method, [
      what,
      expected,
      async ({ projects, admin }) => ({ request: { project_id: projects.uncut, ...fields }, who: admin }),
    ]),
  ),
  ...casesOf(
    method,
    [
      "where tasks exist",
      "OK",
      async ({ projects, admin }) => ({
        request: { project_id: projects.published, zoom: 11 },
        who: admin,
      }),
    ],
    [
      "of ground that no task covers",
      "OK",
      async ({ projects, admin }) => ({
        request: { project_id: projects.published, zoom: 11, fill: true },
        who: admin,
      }),
    ],
    [
      "by nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: { project_id: projects.published, zoom: 11 } }),
    ],
  ),
]);
