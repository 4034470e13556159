import { randomUUID } from "node:crypto";
import type { JsonObject } from "@bufbuild/protobuf";
import { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { ProjectEventService } from "@tessera/contracts/tessera/project/v1/project_event_service_pb.ts";
import { type Case, casesOf, command, gates, NOWHERE } from "../ground/case.ts";
import type { World } from "../ground/world.ts";

const events = ProjectEventService.method;
const exchange = ExchangeService.method;

/** A square of a size in degrees, from a point on. */
const square = (degrees: number, from = 10): JsonObject => {
  const to = from + degrees;
  return {
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [from, from],
          [to, from],
          [to, to],
          [from, to],
          [from, from],
        ],
      ],
    ],
  };
};
const BOW_TIE: JsonObject = {
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [10, 10],
        [11, 11],
        [11, 10],
        [10, 11],
        [10, 10],
      ],
    ],
  ],
};

const imported = (fields: JsonObject, externalId: string = randomUUID()): JsonObject =>
  command({ source: "tasks.example.org", external_id: externalId, ...fields });
const profile = (project: JsonObject): JsonObject => ({
  profile: { project: { name: "From elsewhere", area: square(0.1), ...project } },
});
const theirs = (areaOfInterest: JsonObject): JsonObject => ({
  tasking_manager_project: JSON.stringify({
    areaOfInterest,
    defaultLocale: "en",
    projectInfo: { locale: "en", name: "From a Tasking Manager" },
    licenseId: 7,
  }),
});

/** A project that the administrator imported, and published. */
async function published({ system, admin }: World): Promise<string> {
  const externalId = randomUUID();
  const request = imported(profile({}), externalId);
  const headers = { ...admin.headers, "content-type": "application/json" };
  const { request_id: _, source, external_id: __, ...body } = request;
  const url = `${system.url}/v1/imported-projects/${source}/${externalId}`;
  const made = await fetch(url, { method: "PUT", headers, body: JSON.stringify(body) });
  const projectId = Number(made.headers.get("location")?.split("/").at(-1));
  const change = { project: { projectId, status: 2 as const }, updateMask: { paths: ["status"] } };
  await system.project.updateProject({ requestId: randomUUID(), ...change, expectedRevision: 1n }, admin);
  return externalId;
}

/** The events of projects, and their exchange between tools. */
export const EXCHANGE_CASES: Case[] = [
  ...gates(events.listProjectEvents, {}),
  ...casesOf(
    events.listProjectEvents,
    [
      "of a published project, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    ["of none", "PROJECT_NOT_FOUND", async () => ({ request: { project_id: NOWHERE } })],
    [
      "of a draft, by a mapper",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
    [
      "more than a page holds",
      "FIELD_INVALID",
      async ({ projects }) => ({ request: { project_id: projects.published, page_size: -1 } }),
    ],
  ),
  ...casesOf(
    events.watchProjectEvents,
    ["of all, by anybody", "OK", async () => ({ request: {} })],
    [
      "of a published project, from its start",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published, from_start: true } }),
    ],
    [
      "of a draft, by a mapper",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
    [
      "of a draft, by a mapper, from a forged position",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({
        request: { project_id: projects.draft, position: "x" },
        who: mapper,
      }),
    ],
    ["from a forged position", "POSITION_INVALID", async () => ({ request: { position: "x" } })],
    [
      "from a position that was not given yet",
      "POSITION_INVALID",
      async () => ({ request: { position: "czzzzzz" } }),
    ],
    ["of project -1", "FIELD_INVALID", async () => ({ request: { project_id: -1 } })],
  ),
  ...casesOf(
    exchange.exportProject,
    [
      "a published one, by anybody",
      "OK",
      async ({ projects }) => ({ request: { project_id: projects.published } }),
    ],
    [
      "a draft, by its manager",
      "OK",
      async ({ projects, admin }) => ({ request: { project_id: projects.draft }, who: admin }),
    ],
    ["none", "PROJECT_NOT_FOUND", async () => ({ request: { project_id: NOWHERE } })],
    [
      "a draft, by a mapper",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: { project_id: projects.draft }, who: mapper }),
    ],
  ),
  ...casesOf(
    exchange.importProject,
    ["a profile", "OK", async ({ admin }) => ({ request: imported(profile({})), who: admin })],
    [
      "a Tasking Manager's project, with what is not known here",
      "OK",
      async ({ admin }) => ({ request: imported(theirs(square(0.1))), who: admin }),
    ],
    [
      "what is there, by its manager",
      "OK",
      async (w) => ({ request: imported(profile({ imagery: "Bing" }), await published(w)), who: w.admin }),
    ],
    [
      "what is published, for teams of which none is known here",
      "OK",
      async (w) => ({
        request: imported(profile({ validation_permission: "PERMISSION_TEAMS" }), await published(w)),
        who: w.admin,
      }),
    ],
    [
      "what is there, by a mapper",
      "NOT_MANAGER",
      async (w) => ({ request: imported(profile({}), await published(w)), who: w.mapper }),
    ],
    [
      "by a mapper",
      "CREATION_NOT_PERMITTED",
      async ({ mapper }) => ({ request: imported(profile({})), who: mapper }),
    ],
    [
      "what is no document, by a mapper",
      "DOCUMENT_INVALID",
      async ({ mapper }) => ({ request: imported({ tasking_manager_project: "<html>" }), who: mapper }),
    ],
    [
      "an area that crosses itself, by a mapper",
      "CREATION_NOT_PERMITTED",
      async ({ mapper }) => ({ request: imported(profile({ area: BOW_TIE })), who: mapper }),
    ],
    [
      "an area that crosses itself",
      "AREA_INVALID",
      async ({ admin }) => ({ request: imported(theirs(BOW_TIE)), who: admin }),
    ],
    [
      "an area as large as a continent",
      "AREA_TOO_LARGE",
      async ({ admin }) => ({ request: imported(profile({ area: square(40) })), who: admin }),
    ],
    [
      "priority areas that lie elsewhere",
      "PRIORITY_AREAS_OUTSIDE",
      async ({ admin }) => ({
        request: imported(profile({ priority_areas: square(0.1, 50) })),
        who: admin,
      }),
    ],
    ["no document", "FIELD_INVALID", async ({ admin }) => ({ request: imported({}), who: admin })],
    [
      "from a source with a space",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: { ...imported(profile({})), source: "a b" }, who: admin }),
    ],
    [
      "without a name",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: imported(profile({ name: "" })), who: admin }),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: imported(profile({})) })],
  ),
];
