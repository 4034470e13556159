import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { type Case, casesOf, command, gates } from "../ground/case.ts";

const { reconcileTasks, listTasks } = TaskService.method;

/** Tasks and the area of their project, which may change after them. */
export const RECONCILE_CASES: readonly Case[] = [
  ...gates(reconcileTasks, {}),
  ...casesOf(
    reconcileTasks,
    [
      "whose area is as it was",
      "OK",
      async ({ projects, admin }) => ({ request: command({ project_id: projects.published }), who: admin }),
    ],
    [
      "that has no tasks",
      "OK",
      async (w) => ({ request: command({ project_id: await w.newDraft() }), who: w.admin }),
    ],
    [
      "where ten operations are under way",
      "TOO_MANY_OPERATIONS",
      async ({ projects, admin }) => ({ request: command({ project_id: projects.busy }), who: admin }),
    ],
    [
      "of project 0",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ project_id: 0 }), who: admin }),
    ],
  ),
  ...casesOf(
    listTasks,
    [
      "that are withdrawn",
      "OK",
      async ({ projects }) => ({
        request: { project_id: projects.published, filter: { states: ["TASK_STATE_WITHDRAWN"] } },
      }),
    ],
    [
      "that lie outside, in any state",
      "OK",
      async ({ projects }) => ({
        request: {
          project_id: projects.published,
          filter: {
            outside_area: true,
            states: [
              "TASK_STATE_READY",
              "TASK_STATE_MAPPED",
              "TASK_STATE_VALIDATED",
              "TASK_STATE_INVALIDATED",
              "TASK_STATE_BAD_IMAGERY",
              "TASK_STATE_SPLIT",
              "TASK_STATE_WITHDRAWN",
            ],
          },
        },
      }),
    ],
    [
      "in a state that is none",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, filter: { states: [1_000] } } }),
    ],
  ),
];
