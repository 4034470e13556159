import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { isCommand, rulesOf } from "@tessera/contracts/reason-facts.ts";
import { requestId } from "./door.ts";
import type { World } from "./world.ts";

type Who = { headers: { authorization: string } } | undefined;

/** One call and the one answer that it must get through either door. */
export interface Case {
  method: DescMethod;
  what: string;
  /** Prepares the state; returns the request and its sender. */
  play: (world: World) => Promise<{ request: JsonObject; who?: Who }>;
  /** "OK", or the name of a reason. */
  expected: string;
}

/** The number of a project, a task or an operation that is not there. */
export const NOWHERE = 999_999;

export function casesOf(
  method: DescMethod,
  ...cases: [what: string, expected: string, play: Case["play"]][]
): Case[] {
  return cases.map(([what, expected, play]) => ({ method, what, expected, play }));
}

/** A command, with an id of its own. */
export function command(fields: JsonObject): JsonObject {
  return { request_id: requestId(), ...fields };
}

export function at(projectId: number, taskId: number) {
  return { project_id: projectId, task_id: taskId };
}

/** What an RPC about a project refuses before it looks at anything else, as far as it declares so. */
export function gates(method: DescMethod, fields: JsonObject): Case[] {
  const { refusals } = rulesOf(method);
  const request = (projectId: number): JsonObject => {
    const named = { project_id: projectId, ...fields };
    return isCommand(method) ? command(named) : named;
  };
  const declared: Record<string, [what: string, play: Case["play"]]> = {
    PROJECT_ARCHIVED: [
      "in an archived project, also by its manager",
      async ({ projects, admin }) => ({ request: request(projects.archived), who: admin }),
    ],
    LEVEL_TOO_LOW: [
      "below the level",
      async ({ projects, mapper }) => ({ request: request(projects.advanced), who: mapper }),
    ],
    NOT_MANAGER: [
      "by a mapper, what managers do",
      async ({ projects, mapper }) => ({ request: request(projects.published), who: mapper }),
    ],
    PAGE_TOKEN_INVALID: [
      "with a forged page token",
      async ({ projects }) => ({ request: { ...request(projects.published), page_token: "abc" } }),
    ],
  };
  return [
    ...casesOf(
      method,
      [
        "in a project that is not",
        "PROJECT_NOT_FOUND",
        async ({ mapper }) => ({ request: request(NOWHERE), who: mapper }),
      ],
      [
        "in a draft of somebody else",
        "PROJECT_NOT_FOUND",
        async ({ projects, mapper }) => ({ request: request(projects.draft), who: mapper }),
      ],
    ),
    ...Object.entries(declared)
      .filter(([reason]) => refusals.includes(reason))
      .flatMap(([reason, [what, play]]) => casesOf(method, [what, reason, play])),
    ...(isCommand(method)
      ? casesOf(method, [
          "by nobody",
          "TOKEN_MISSING",
          async ({ projects }) => ({ request: request(projects.published) }),
        ])
      : []),
    ...(refusals.includes("PAGE_TOKEN_INVALID")
      ? casesOf(method, [
          "with a page of less than nothing",
          "FIELD_INVALID",
          async ({ projects }) => ({ request: { ...request(projects.published), page_size: -1 } }),
        ])
      : []),
  ];
}
