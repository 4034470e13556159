import { randomUUID } from "node:crypto";
import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { rulesOf } from "@tessera/contracts/reason-facts.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { LockService } from "@tessera/contracts/tessera/task/v1/lock_service_pb.ts";
import { SubmissionResult } from "@tessera/contracts/tessera/task/v1/submission_pb.ts";
import { SubmissionService } from "@tessera/contracts/tessera/task/v1/submission_service_pb.ts";
import { TaskService } from "@tessera/contracts/tessera/task/v1/task_service_pb.ts";
import { at, type Case, casesOf, command, gates, NOWHERE } from "../ground/case.ts";
import { deepen, type World } from "../ground/world.ts";

const mapping = { purpose: "LOCK_PURPOSE_MAPPING" };
const validation = { purpose: "LOCK_PURPOSE_VALIDATION" };
const mapped = { result: "SUBMISSION_RESULT_MAPPED" };
const issues = [{ category: "missed-feature", count: 2 }];

/** A task that somebody found mapped well. */
async function validatedTask(w: World, who: World["admin"]): Promise<number> {
  const taskId = await w.mappedTask(await w.newMapper());
  const lockToken = await w.lock(taskId, who, LockPurpose.VALIDATION);
  const work = { projectId: w.projects.published, taskId, lockToken, result: SubmissionResult.VALIDATED };
  await w.system.task.submitTask({ requestId: randomUUID(), ...work }, who);
  return taskId;
}

/** What stands against a lock, on one task or as one of several. `on` says the request for a task. */
function lockers(method: DescMethod, on: (taskId: number) => JsonObject): Case[] {
  const request = ({ projects }: World, taskId: number, purpose: JsonObject) =>
    command({ project_id: projects.published, ...on(taskId), ...purpose });
  return [
    ...gates(method, { ...on(1), ...mapping }),
    ...casesOf(
      method,
      [
        "a task that is free",
        "OK",
        async (w) => ({ request: request(w, w.newTask(), mapping), who: await w.newMapper() }),
      ],
      [
        "for validation, by a beginner",
        "LEVEL_TOO_LOW",
        async (w) => ({ request: request(w, 1, validation), who: w.mapper }),
      ],
      [
        "a second one",
        "LOCK_LIMIT_REACHED",
        async (w) => {
          const who = await w.newMapper();
          await w.lock(w.newTask(), who);
          return { request: request(w, w.newTask(), mapping), who };
        },
      ],
      [
        "that is not there",
        "TASK_NOT_FOUND",
        async (w) => ({ request: request(w, NOWHERE, mapping), who: await w.newMapper() }),
      ],
      [
        "where mappers do not choose",
        "CLAIM_ONLY",
        async (w) => ({
          request: command({ project_id: w.projects.claimed, ...on(1), ...mapping }),
          who: await w.newMapper(),
        }),
      ],
      [
        "where mappers do not choose, by a manager",
        "OK",
        async (w) => {
          await w.releaseAll(w.admin);
          return { request: command({ project_id: w.projects.claimed, ...on(2), ...mapping }), who: w.admin };
        },
      ],
      [
        "that somebody holds",
        "TASK_LOCKED",
        async (w) => {
          const taskId = w.newTask();
          await w.lock(taskId, await w.newMapper());
          return { request: request(w, taskId, mapping), who: await w.newMapper() };
        },
      ],
      [
        "that is mapped",
        "TASK_STATE_NOT_LOCKABLE",
        async (w) => ({
          request: request(w, await w.mappedTask(await w.newMapper()), mapping),
          who: await w.newMapper(),
        }),
      ],
      [
        "that is reserved for somebody else",
        "TASK_ASSIGNED",
        async (w) => ({ request: request(w, await w.assignedTask(), mapping), who: await w.newMapper() }),
      ],
      [
        "that is reserved for somebody else, by a manager",
        "OK",
        async (w) => {
          await w.releaseAll(w.admin);
          return { request: request(w, await w.assignedTask(), mapping), who: w.admin };
        },
      ],
      [
        "that one mapped oneself, for validation",
        "OWN_MAPPING",
        async (w) => ({ request: request(w, await w.mappedTask(w.validator), validation), who: w.validator }),
      ],
      [
        "that somebody else validated, for a second check",
        "OK",
        async (w) => ({
          request: request(w, await validatedTask(w, w.admin), { ...validation, second_check: true }),
          who: w.validator,
        }),
      ],
      [
        "that one validated oneself, for a second check",
        "OWN_VALIDATION",
        async (w) => ({
          request: request(w, await validatedTask(w, w.validator), { ...validation, second_check: true }),
          who: w.validator,
        }),
      ],
      [
        "that is validated, without the word that it is a second check",
        "TASK_STATE_NOT_LOCKABLE",
        async (w) => ({
          request: request(w, await validatedTask(w, w.admin), validation),
          who: w.validator,
        }),
      ],
      [
        "whose lock expired",
        "OK",
        async (w) => {
          const taskId = w.newTask();
          await w.lock(taskId, await w.newMapper());
          await w.expire(taskId);
          return { request: request(w, taskId, mapping), who: await w.newMapper() };
        },
      ],
      ["for no purpose", "FIELD_INVALID", async (w) => ({ request: request(w, 1, {}), who: w.mapper })],
      [
        "with the number 0",
        "FIELD_INVALID",
        async (w) => ({ request: request(w, 0, mapping), who: w.mapper }),
      ],
    ),
  ];
}

/** What all commands of a holder have in common. `on` says the request for a task and a token. */
function holders(method: DescMethod, on: (taskId: number, token: bigint) => JsonObject): Case[] {
  const request = ({ projects }: World, taskId: number, token: bigint) =>
    command({ project_id: projects.published, ...on(taskId, token) });
  const cases = casesOf(
    method,
    [
      "one's own lock",
      "OK",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        return { request: request(w, taskId, await w.lock(taskId, who)), who };
      },
    ],
    [
      "on a task that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({ request: request(w, NOWHERE, 1n), who: w.mapper }),
    ],
    [
      "on another's lock",
      "LOCK_NOT_HELD",
      async (w) => {
        const taskId = w.newTask();
        const token = await w.lock(taskId, await w.newMapper());
        return { request: request(w, taskId, token), who: await w.newMapper() };
      },
    ],
    [
      "on a task that nobody holds",
      "LOCK_NOT_HELD",
      async (w) => ({ request: request(w, w.newTask(), 1n), who: w.mapper }),
    ],
    [
      "on an expired lock",
      "LOCK_EXPIRED",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        await w.expire(taskId);
        return { request: request(w, taskId, token), who };
      },
    ],
    [
      "by the token of an earlier lock",
      "LOCK_TOKEN_STALE",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        await w.releaseAll(who);
        await w.lock(taskId, who);
        return { request: request(w, taskId, token), who };
      },
    ],
    [
      "on a lock for validation, as if it were one for mapping",
      "RESULT_NOT_ALLOWED",
      async (w) => {
        const taskId = await w.mappedTask(await w.newMapper());
        const token = await w.lock(taskId, w.validator, LockPurpose.VALIDATION);
        return { request: request(w, taskId, token), who: w.validator };
      },
    ],
  );
  const { refusals } = rulesOf(method);
  return cases.filter(({ expected }) => expected === "OK" || refusals.includes(expected));
}

/** What holds for every list of tasks in a command. */
function listings(method: DescMethod, more: JsonObject): Case[] {
  const request = ({ projects }: World, ids: number[]) =>
    command({ project_id: projects.published, task_ids: ids, ...more });
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  return casesOf(
    method,
    ["no task", "FIELD_INVALID", async (w) => ({ request: request(w, []), who: w.mapper })],
    ["101 tasks", "FIELD_INVALID", async (w) => ({ request: request(w, upTo(101)), who: w.mapper })],
    ["a task twice", "FIELD_INVALID", async (w) => ({ request: request(w, [1, 2, 1]), who: w.mapper })],
  );
}

const LOCK: Case[] = [
  ...lockers(LockService.method.lockTask, (taskId) => ({ task_id: taskId })),
  ...lockers(LockService.method.lockTasks, (taskId) => ({ task_ids: [taskId] })),
  ...listings(LockService.method.lockTasks, mapping),
  ...casesOf(
    LockService.method.lockTasks,
    [
      "two that are mapped, for validation",
      "OK",
      async (w) => {
        const ids = [await w.mappedTask(await w.newMapper()), await w.mappedTask(await w.newMapper())];
        return {
          request: command({ project_id: w.projects.published, task_ids: ids, ...validation }),
          who: w.validator,
        };
      },
    ],
    [
      "two at once, where one is allowed",
      "LOCK_LIMIT_REACHED",
      async (w) => ({
        request: command({
          project_id: w.projects.published,
          task_ids: [w.newTask(), w.newTask()],
          ...mapping,
        }),
        who: await w.newMapper(),
      }),
    ],
    [
      "one that is free and one that is not there",
      "TASK_NOT_FOUND",
      async (w) => ({
        request: command({
          project_id: w.projects.published,
          task_ids: [await w.mappedTask(await w.newMapper()), NOWHERE],
          ...validation,
        }),
        who: w.validator,
      }),
    ],
  ),
];

const claim = (projectId: number, fields: JsonObject) => command({ project_id: projectId, ...fields });

const CLAIM: Case[] = [
  ...gates(LockService.method.claimTask, mapping),
  ...[
    "CLAIM_ORDER_UNSPECIFIED",
    "CLAIM_ORDER_RANDOM",
    "CLAIM_ORDER_PRIORITY",
    "CLAIM_ORDER_NEAR_LAST",
  ].flatMap((order) =>
    casesOf(LockService.method.claimTask, [
      `in the order ${order}`,
      "OK",
      async (w) => ({ request: claim(w.projects.spare, { ...mapping, order }), who: await w.newMapper() }),
    ]),
  ),
  ...casesOf(
    LockService.method.claimTask,
    [
      "nearest to a place",
      "OK",
      async (w) => ({
        request: claim(w.projects.spare, {
          ...mapping,
          order: "CLAIM_ORDER_NEAREST",
          longitude: 10.4,
          latitude: 10.1,
        }),
        who: await w.newMapper(),
      }),
    ],
    ...["longitude", "latitude"].map((only): [string, string, Case["play"]] => [
      `nearest to a ${only}`,
      "FIELD_INVALID",
      async (w) => ({
        request: claim(w.projects.spare, { ...mapping, order: "CLAIM_ORDER_NEAREST", [only]: 0 }),
        who: await w.newMapper(),
      }),
    ]),
    [
      "for validation, by a beginner",
      "LEVEL_TOO_LOW",
      async (w) => ({ request: claim(w.projects.spare, validation), who: w.mapper }),
    ],
    [
      "beside a lock",
      "LOCK_LIMIT_REACHED",
      async (w) => {
        const who = await w.newMapper();
        await w.lock(w.newTask(), who);
        return { request: claim(w.projects.spare, mapping), who };
      },
    ],
    [
      "in a project without tasks",
      "NO_TASK_AVAILABLE",
      async (w) => ({ request: claim(w.projects.uncut, mapping), who: w.mapper }),
    ],
    [
      "for validation, where nothing is mapped",
      "NO_TASK_AVAILABLE",
      async (w) => ({ request: claim(w.projects.spare, validation), who: w.validator }),
    ],
    [
      "for validation, where nothing is mapped, by a manager",
      "NO_TASK_AVAILABLE",
      async (w) => ({ request: claim(w.projects.spare, validation), who: w.admin }),
    ],
    [
      "for no purpose",
      "FIELD_INVALID",
      async (w) => ({ request: claim(w.projects.spare, {}), who: w.mapper }),
    ],
    [
      "beyond the world",
      "FIELD_INVALID",
      async (w) => ({ request: claim(w.projects.spare, { ...mapping, longitude: 180.5 }), who: w.mapper }),
    ],
  ),
];

const EXTEND: Case[] = [
  ...gates(LockService.method.extendLock, { task_id: 1 }),
  ...holders(LockService.method.extendLock, (taskId, token) => ({
    task_id: taskId,
    lock_token: String(token),
  })),
  ...casesOf(
    LockService.method.extendLock,
    [
      "as far as a lock may go",
      "LOCK_LONGEST_REACHED",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        await w.lock(taskId, who);
        await w.age(taskId);
        return { request: command(at(w.projects.published, taskId)), who };
      },
    ],
    [
      "by a token below 0",
      "FIELD_INVALID",
      async (w) => ({
        request: command({ ...at(w.projects.published, 1), lock_token: "-1" }),
        who: w.mapper,
      }),
    ],
  ),
];

/** What a manager may end, on one task or on several. */
function forcers(method: DescMethod, on: (taskId: number) => JsonObject): Case[] {
  const force = ({ projects }: World, taskId: number) =>
    command({ project_id: projects.published, ...on(taskId), force: true });
  return [
    ...gates(method, { ...on(1), force: true }),
    ...casesOf(
      method,
      [
        "by force",
        "OK",
        async (w) => {
          const taskId = w.newTask();
          await w.lock(taskId, await w.newMapper());
          return { request: force(w, taskId), who: w.admin };
        },
      ],
      [
        "by force, on a task that nobody holds",
        "LOCK_NOT_FOUND",
        async (w) => ({ request: force(w, w.newTask()), who: w.admin }),
      ],
      [
        "by force, on a task that is not there",
        "TASK_NOT_FOUND",
        async (w) => ({ request: force(w, NOWHERE), who: w.admin }),
      ],
    ),
  ];
}

const RELEASE: Case[] = [
  ...holders(LockService.method.releaseLock, (taskId, token) => ({
    task_id: taskId,
    lock_token: String(token),
  })),
  ...forcers(LockService.method.releaseLock, (taskId) => ({ task_id: taskId })),
  ...casesOf(LockService.method.releaseLock, [
    "by force and by the token of another lock",
    "LOCK_TOKEN_STALE",
    async (w) => {
      const taskId = w.newTask();
      const token = await w.lock(taskId, await w.newMapper());
      const task = at(w.projects.published, taskId);
      return { request: command({ ...task, lock_token: String(token + 1n), force: true }), who: w.admin };
    },
  ]),
  ...holders(LockService.method.releaseLocks, (taskId) => ({ task_ids: [taskId] })),
  ...forcers(LockService.method.releaseLocks, (taskId) => ({ task_ids: [taskId] })),
  ...listings(LockService.method.releaseLocks, {}),
  ...casesOf(LockService.method.releaseLocks, [
    "one's own lock and another's",
    "LOCK_NOT_HELD",
    async (w) => {
      const [mine, theirs] = [w.newTask(), w.newTask()];
      const who = await w.newMapper();
      await w.lock(mine, who);
      await w.lock(theirs, await w.newMapper());
      return { request: command({ project_id: w.projects.published, task_ids: [mine, theirs] }), who };
    },
  ]),
];

const work = (taskId: number, token: bigint, more: JsonObject = mapped) => ({
  task_id: taskId,
  lock_token: String(token),
  ...more,
});
const works = (taskId: number, token: bigint, more?: JsonObject) => ({
  submissions: [work(taskId, token, more)],
});

/** What is wrong with the work on a task, handed in alone or with others. */
function refusedWork(method: DescMethod, on: typeof works | typeof work): Case[] {
  const by = (what: string, fields: JsonObject) =>
    casesOf(method, [
      what,
      "FIELD_INVALID",
      async ({ projects, mapper }) => ({
        request: command({ project_id: projects.published, ...on(1, 1n, { ...mapped, ...fields }) }),
        who: mapper,
      }),
    ]);
  return [
    ...by("without a token", { lock_token: "0" }),
    ...by("without a result", { result: "SUBMISSION_RESULT_UNSPECIFIED" }),
    ...by("with issues of a mapping", { issues }),
    ...by("with an issue that was not met", {
      result: "SUBMISSION_RESULT_INVALIDATED",
      issues: [{ category: "missed-feature", count: 0 }],
    }),
    ...by("with 51 kinds of issues", { issues: Array.from({ length: 51 }, () => issues[0] as JsonObject) }),
    ...by("with too long a comment", { comment: "x".repeat(5_001) }),
    ...by("with a NUL in the comment", { comment: "a\u0000b" }),
  ];
}

const SUBMIT: Case[] = [
  ...gates(SubmissionService.method.submitTask, work(1, 1n)),
  ...holders(SubmissionService.method.submitTask, work),
  ...refusedWork(SubmissionService.method.submitTask, work),
  ...gates(SubmissionService.method.submitTasks, works(1, 1n)),
  ...holders(SubmissionService.method.submitTasks, works),
  ...refusedWork(SubmissionService.method.submitTasks, works),
  ...casesOf(
    SubmissionService.method.submitTask,
    [
      "a validation with issues",
      "OK",
      async (w) => {
        const taskId = await w.mappedTask(await w.newMapper());
        const token = await w.lock(taskId, w.validator, LockPurpose.VALIDATION);
        const result = { result: "SUBMISSION_RESULT_INVALIDATED", issues };
        return {
          request: command({ project_id: w.projects.published, ...work(taskId, token, result) }),
          who: w.validator,
        };
      },
    ],
    [
      "with the result of a validation, by a beginner",
      "LEVEL_TOO_LOW",
      async (w) => {
        const result = { result: "SUBMISSION_RESULT_VALIDATED" };
        return {
          request: command({ project_id: w.projects.published, ...work(1, 1n, result) }),
          who: w.mapper,
        };
      },
    ],
  ),
  ...casesOf(
    SubmissionService.method.submitTasks,
    [
      "two validations",
      "OK",
      async (w) => {
        const submissions: JsonObject[] = [];
        for (const result of ["SUBMISSION_RESULT_VALIDATED", "SUBMISSION_RESULT_INVALIDATED"]) {
          const taskId = await w.mappedTask(await w.newMapper());
          const token = await w.lock(taskId, w.validator, LockPurpose.VALIDATION);
          submissions.push(work(taskId, token, { result }));
        }
        return { request: command({ project_id: w.projects.published, submissions }), who: w.validator };
      },
    ],
    [
      "nothing",
      "FIELD_INVALID",
      async (w) => ({
        request: command({ project_id: w.projects.published, submissions: [] }),
        who: w.mapper,
      }),
    ],
    [
      "101 tasks",
      "FIELD_INVALID",
      async (w) => {
        const submissions = Array.from({ length: 101 }, (_, index) => work(index + 1, 1n));
        return { request: command({ project_id: w.projects.published, submissions }), who: w.mapper };
      },
    ],
    [
      "a task twice",
      "FIELD_INVALID",
      async (w) => {
        const submissions = [work(1, 1n), work(2, 1n), work(1, 1n)];
        return { request: command({ project_id: w.projects.published, submissions }), who: w.mapper };
      },
    ],
  ),
];

const SPLIT: Case[] = [
  ...gates(TaskService.method.splitTask, { task_id: 1, lock_token: "1" }),
  ...holders(TaskService.method.splitTask, (taskId, token) => ({
    task_id: taskId,
    lock_token: String(token),
  })),
  ...casesOf(
    TaskService.method.splitTask,
    [
      "a square of the deepest zoom",
      "TASK_NOT_DIVISIBLE",
      async (w) => {
        const taskId = w.newTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who);
        await deepen(w.system, w.projects.published, taskId);
        return { request: command({ ...at(w.projects.published, taskId), lock_token: String(token) }), who };
      },
    ],
    [
      "in a project that is full",
      "TOO_MANY_TASKS_IN_PROJECT",
      async (w) => {
        const taskId = w.newFullTask();
        const who = await w.newMapper();
        const token = await w.lock(taskId, who, LockPurpose.MAPPING, w.projects.full);
        return { request: command({ ...at(w.projects.full, taskId), lock_token: String(token) }), who };
      },
    ],
    [
      "without a token",
      "FIELD_INVALID",
      async (w) => ({ request: command(at(w.projects.published, 1)), who: w.mapper }),
    ],
  ),
];

/** Locks and how they are released. */
export const LOCK_CASES: readonly Case[] = [
  ...LOCK,
  ...CLAIM,
  ...EXTEND,
  ...RELEASE,
  ...SUBMIT,
  ...SPLIT,
  ...gates(LockService.method.listLocks, {}),
  ...casesOf(
    LockService.method.listLocks,
    [
      "of a published project, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published, user_id: "1" } }),
    ],
    [
      "of a person below 0",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, user_id: "-1" } }),
    ],
  ),
  ...casesOf(
    LockService.method.listHeldLocks,
    [
      "one's own",
      "OK",
      async (w) => {
        const who = await w.newMapper();
        await w.lock(w.newTask(), who);
        return { request: {}, who };
      },
    ],
    ["nobody's", "TOKEN_MISSING", async () => ({ request: {} })],
  ),
];
