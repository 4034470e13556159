import type { JsonObject } from "@bufbuild/protobuf";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import { ACCESS_CASES } from "./access-cases.table.ts";
import { AREA_CASES } from "./area-cases.table.ts";
import { EXCHANGE_CASES } from "./exchange-cases.table.ts";
import { LIFE_CASES } from "./life-cases.table.ts";
import { LOCK_CASES } from "./lock-cases.table.ts";
import { OPERATION_CASES } from "./operation-cases.table.ts";
import { ORGANISATION_CASES } from "./organisation-cases.table.ts";
import { PREVIEW_CASES } from "./preview-cases.table.ts";
import { RECONCILE_CASES } from "./reconcile-cases.table.ts";
import { SEARCH_CASES } from "./search-cases.table.ts";
import { STATISTICS_CASES } from "./statistics-cases.table.ts";
import { TASK_CASES } from "./task-cases.table.ts";
import { TEAM_CASES } from "./team-cases.table.ts";
import { TILE_CASES } from "./tile-cases.table.ts";
import { TOKEN_CASES } from "./token-cases.table.ts";
import { USER_CASES } from "./user-cases.table.ts";

const project = ProjectService.method;
const auth = AuthService.method;
const SQUARE = [
  [
    [
      [10, 10],
      [10.5, 10],
      [10.5, 10.5],
      [10, 10.5],
      [10, 10],
    ],
  ],
];

const area = (coordinates: number[][][][]): JsonObject => ({ type: "MultiPolygon", coordinates });

const AUTH: Case[] = [
  ...casesOf(
    auth.createSession,
    ["somebody known", "OK", async () => ({ request: command({ name: "mapper-1" }) })],
    ["somebody unknown", "PERSON_UNKNOWN", async () => ({ request: command({ name: "nobody" }) })],
    [
      "a name that is too long",
      "FIELD_INVALID",
      async () => ({ request: command({ name: "x".repeat(65) }) }),
    ],
  ),
  ...casesOf(
    auth.getSession,
    [
      "one's own",
      "OK",
      async (w) => {
        const { sessionId, who } = await w.newSession();
        return { request: { session_id: sessionId }, who };
      },
    ],
    [
      "another's",
      "SESSION_NOT_FOUND",
      async ({ mapper }) => ({
        request: { session_id: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111" },
        who: mapper,
      }),
    ],
    ["not a UUID", "FIELD_INVALID", async ({ mapper }) => ({ request: { session_id: "7" }, who: mapper })],
    [
      "nobody signed in",
      "TOKEN_MISSING",
      async () => ({ request: { session_id: "0b7f7f3e-2f0b-4e0a-9d0e-111111111111" } }),
    ],
  ),
  ...casesOf(
    auth.getCurrentUser,
    ["somebody", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    ["nobody", "TOKEN_MISSING", async () => ({ request: {} })],
    [
      "a token that is none",
      "TOKEN_INVALID",
      async () => ({ request: {}, who: { headers: { authorization: "Bearer x.y.z" } } }),
    ],
  ),
];

const update = (projectId: number, revision: number | string, change: JsonObject, mask: string) =>
  command({ project: { project_id: projectId, ...change }, update_mask: mask, expected_revision: revision });

const PROJECT: Case[] = [
  ...casesOf(
    project.createProject,
    [
      "by an administrator",
      "OK",
      async ({ admin }) => ({ request: command({ project: { name: "x", area: area(SQUARE) } }), who: admin }),
    ],
    [
      "by a mapper",
      "CREATION_NOT_PERMITTED",
      async ({ mapper }) => ({
        request: command({ project: { name: "x", area: area(SQUARE) } }),
        who: mapper,
      }),
    ],
    [
      "with a ring that crosses itself",
      "AREA_INVALID",
      async ({ admin }) => ({
        request: command({
          project: {
            name: "x",
            area: area([
              [
                [
                  [10, 10],
                  [11, 11],
                  [11, 10],
                  [10, 11],
                  [10, 10],
                ],
              ],
            ]),
          },
        }),
        who: admin,
      }),
    ],
    [
      "as large as a continent",
      "AREA_TOO_LARGE",
      async ({ admin }) => ({
        request: command({
          project: {
            name: "x",
            area: area([
              [
                [
                  [0, 0],
                  [40, 0],
                  [40, 40],
                  [0, 40],
                  [0, 0],
                ],
              ],
            ]),
          },
        }),
        who: admin,
      }),
    ],
    [
      "without a name",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ project: { area: area(SQUARE) } }), who: admin }),
    ],
    [
      "with a lock length of a second",
      "FIELD_INVALID",
      async ({ admin }) => ({
        request: command({ project: { name: "x", area: area(SQUARE), lock_duration: "1s" } }),
        who: admin,
      }),
    ],
    ["by nobody, and wrong", "TOKEN_MISSING", async () => ({ request: command({ project: {} }) })],
  ),
  ...casesOf(
    project.getProject,
    [
      "a published one, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    ["none", "PROJECT_NOT_FOUND", async () => ({ request: { project_id: NOWHERE } })],
    [
      "a draft, by a mapper",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
    [
      "a draft, by its manager",
      "OK",
      async ({ projects, admin }) => ({ request: { project_id: projects.draft }, who: admin }),
    ],
    ["number 0", "FIELD_INVALID", async () => ({ request: { project_id: 0 } })],
  ),
  ...casesOf(
    project.updateProject,
    [
      "by a mapper",
      "NOT_MANAGER",
      async ({ projects, mapper }) => ({
        request: update(projects.published, 2, { name: "y" }, "name"),
        who: mapper,
      }),
    ],
    [
      "none",
      "PROJECT_NOT_FOUND",
      async ({ admin }) => ({ request: update(NOWHERE, 1, { name: "y" }, "name"), who: admin }),
    ],
    [
      "from an older revision",
      "PROJECT_CHANGED",
      async ({ projects, admin }) => ({
        request: update(projects.published, 1, { name: "y" }, "name"),
        who: admin,
      }),
    ],
    [
      "an archived one into a draft",
      "STATUS_NOT_REACHABLE",
      async ({ projects, admin }) => ({
        request: update(projects.archived, 3, { status: "PROJECT_STATUS_DRAFT" }, "status"),
        who: admin,
      }),
    ],
    [
      "a field that does not change",
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: update(projects.published, 2, { revision: "9" }, "revision"),
        who: admin,
      }),
    ],
    [
      "as it is",
      "OK",
      async ({ projects, admin, revisionOf }) => ({
        request: update(projects.draft, await revisionOf(projects.draft), { name: "z" }, "name"),
        who: admin,
      }),
    ],
  ),
  ...casesOf(
    project.getAccess,
    ["anybody's", "OK", async ({ projects }) => ({ request: { project_id: projects.published } })],
    [
      "to a draft, a mapper's",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
  ),
];

/** All cases, which hold through both doors. */
export const CASES: readonly Case[] = [
  ...AREA_CASES,
  ...AUTH,
  ...USER_CASES,
  ...TOKEN_CASES,
  ...ORGANISATION_CASES,
  ...TEAM_CASES,
  ...TILE_CASES,
  ...PROJECT,
  ...SEARCH_CASES,
  ...ACCESS_CASES,
  ...LIFE_CASES,
  ...EXCHANGE_CASES,
  ...STATISTICS_CASES,
  ...TASK_CASES,
  ...LOCK_CASES,
  ...OPERATION_CASES,
  ...PREVIEW_CASES,
  ...RECONCILE_CASES,
];
