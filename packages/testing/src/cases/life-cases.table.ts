import type { JsonObject } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { FavouriteService } from "@tessera/contracts/tessera/project/v1/favourite_service_pb.ts";
import { LicenceService } from "@tessera/contracts/tessera/project/v1/licence_service_pb.ts";
import { ProjectService } from "@tessera/contracts/tessera/project/v1/project_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import { requestId } from "../ground/door.ts";
import { organisationGround } from "../ground/team-ground.ts";
import type { World } from "../ground/world.ts";

const project = ProjectService.method;
const favourites = FavouriteService.method;
const licences = LicenceService.method;

/** A square in that of the world's projects, by its west end, its south end and its side, in degrees. */
const square = (west: number, south: number, side = 0.1): JsonObject => {
  const [east, north] = [west + side, south + side];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: "MultiPolygon", coordinates: [[ring]] };
};
const CROSSED = {
  type: "MultiPolygon",
  coordinates: [
    [
      [
        [10, 10],
        [10.1, 10.1],
        [10.1, 10],
        [10, 10.1],
        [10, 10],
      ],
    ],
  ],
};
/** One vertex more than an area may have; they are counted before they are looked at. */
const VAST = { type: "MultiPolygon", coordinates: [[Array.from({ length: 100_002 }, () => [10, 10])]] };

const created = (fields: JsonObject) =>
  command({ project: { name: "x", area: square(10, 10, 0.5), ...fields } });

const changed = async (w: World, fields: JsonObject) => {
  const projectId = await w.newDraft();
  const request = {
    project: { project_id: projectId, ...fields },
    update_mask: maskOf(fields),
    expected_revision: 1,
  };
  return { request: command(request), who: w.admin };
};

/** A licence that nobody else has to do with. */
async function newLicence({ system, admin }: World): Promise<number> {
  const licence = { name: `Licence ${requestId()}`, plainText: "Map." };
  const client = createClient(LicenceService, system.connections.project);
  const made = await client.createLicence({ requestId: requestId(), licence }, admin);
  return Number(made.acknowledgement?.name.split("/")[1]);
}

/** A project that somebody marked. */
async function marked(w: World) {
  const { who } = await w.newPerson();
  const projectId = w.projects.published;
  const client = createClient(FavouriteService, w.system.connections.project);
  await client.createFavourite({ requestId: requestId(), projectId }, who);
  return { request: { project_id: projectId }, who };
}

const SETTINGS: Case[] = [
  ...casesOf(
    project.createProject,
    [
      "by a manager of an organisation, for it",
      "OK",
      async (w) => {
        const { organisationId, manager } = await organisationGround(w);
        return { request: created({ organisation_id: organisationId }), who: manager.who };
      },
    ],
    [
      "by a manager of an organisation, for none",
      "CREATION_NOT_PERMITTED",
      async (w) => ({ request: created({}), who: (await organisationGround(w)).manager.who }),
    ],
    [
      "for an organisation that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({ request: created({ organisation_id: NOWHERE }), who: admin }),
    ],
    [
      "with a team that is not",
      "TEAM_NOT_FOUND",
      async ({ admin }) => ({
        request: created({ teams: [{ team_id: NOWHERE, role: "PROJECT_ROLE_MANAGER" }] }),
        who: admin,
      }),
    ],
    [
      "with an allowed person who is not",
      "USER_NOT_FOUND",
      async ({ admin }) => ({ request: created({ allowed_user_ids: [String(NOWHERE)] }), who: admin }),
    ],
    [
      "with a licence that is not",
      "LICENCE_NOT_FOUND",
      async ({ admin }) => ({ request: created({ licence_id: NOWHERE }), who: admin }),
    ],
    [
      "with priority areas elsewhere",
      "PRIORITY_AREAS_OUTSIDE",
      async ({ admin }) => ({ request: created({ priority_areas: square(12, 12) }), who: admin }),
    ],
    [
      "with a translation into the default language",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: created({ translations: [{ language: "en" }] }), who: admin }),
    ],
  ),
  ...casesOf(
    project.updateProject,
    [
      "lists, texts and areas",
      "OK",
      (w) =>
        changed(w, {
          translations: [{ language: "pt-BR", name: "Praça" }],
          teams: [{ team_id: 1, role: "PROJECT_ROLE_MAPPER" }],
          allowed_user_ids: ["1"],
          interests: ["health"],
          priority_areas: square(10.1, 10.1),
          due_time: "2027-01-01T00:00:00Z",
          private: true,
        }),
    ],
    [
      "and published, for teams of which there is none",
      "NOBODY_PERMITTED",
      (w) => changed(w, { mapping_permission: "PERMISSION_TEAMS", status: "PROJECT_STATUS_PUBLISHED" }),
    ],
    ["into a licence that is not", "LICENCE_NOT_FOUND", (w) => changed(w, { licence_id: NOWHERE })],
    [
      "into one with a team that is not",
      "TEAM_NOT_FOUND",
      (w) => changed(w, { teams: [{ team_id: NOWHERE, role: "PROJECT_ROLE_MANAGER" }] }),
    ],
    [
      "into one with an allowed person who is not",
      "USER_NOT_FOUND",
      (w) => changed(w, { allowed_user_ids: [String(NOWHERE)] }),
    ],
    [
      "with priority areas that reach out",
      "PRIORITY_AREAS_OUTSIDE",
      (w) => changed(w, { priority_areas: square(10.45, 10.2) }),
    ],
    ["with priority areas that cross", "AREA_INVALID", (w) => changed(w, { priority_areas: CROSSED })],
    ["with vast priority areas", "AREA_TOO_LARGE", (w) => changed(w, { priority_areas: VAST })],
    ["with a tag of spaces", "FIELD_INVALID", (w) => changed(w, { campaigns: [" "] })],
  ),
];

const LIFE: Case[] = [
  ...casesOf(
    project.cloneProject,
    [
      "by an administrator",
      "OK",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.archived, name: "Again" }),
        who: admin,
      }),
    ],
    [
      "by a mapper",
      "CREATION_NOT_PERMITTED",
      async ({ projects, mapper }) => ({ request: command({ project_id: projects.published }), who: mapper }),
    ],
    [
      "a draft of somebody else",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: command({ project_id: projects.draft }), who: mapper }),
    ],
    [
      "for an organisation that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, organisation_id: NOWHERE }),
        who: admin,
      }),
    ],
    [
      "by a name of spaces",
      "FIELD_INVALID",
      async ({ projects, admin }) => ({
        request: command({ project_id: projects.published, name: "  " }),
        who: admin,
      }),
    ],
    [
      "by nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: command({ project_id: projects.published }) }),
    ],
  ),
  ...casesOf(
    project.transferProject,
    [
      "by an administrator",
      "OK",
      async (w) => {
        const { organisationId, manager } = await organisationGround(w);
        const to = { author_user_id: String(manager.userId), organisation_id: organisationId };
        return { request: given(await w.newDraft(), to), who: w.admin };
      },
    ],
    [
      "one that is not",
      "PROJECT_NOT_FOUND",
      async ({ admin }) => ({ request: given(NOWHERE, { without_organisation: true }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_MANAGER",
      async ({ projects, mapper }) => ({
        request: given(projects.published, { without_organisation: true }),
        who: mapper,
      }),
    ],
    [
      "by its author, to an organisation of others",
      "TRANSFER_NOT_PERMITTED",
      async (w) => {
        const [projectId, author] = [await w.newDraft(), await w.newPerson()];
        const { sql } = w.system.databases.project;
        await sql`update projects set author_user_id = ${author.userId} where project_id = ${projectId}`;
        const { organisationId } = await organisationGround(w);
        return { request: given(projectId, { organisation_id: organisationId }), who: author.who };
      },
    ],
    [
      "to a person who is not",
      "USER_NOT_FOUND",
      async (w) => ({
        request: given(await w.newDraft(), { author_user_id: String(NOWHERE) }),
        who: w.admin,
      }),
    ],
    [
      "to an organisation that is not",
      "ORGANISATION_NOT_FOUND",
      async (w) => ({ request: given(await w.newDraft(), { organisation_id: NOWHERE }), who: w.admin }),
    ],
    [
      "from an older revision",
      "PROJECT_CHANGED",
      async ({ projects, admin }) => ({
        request: given(projects.published, { without_organisation: true }),
        who: admin,
      }),
    ],
    [
      "to organisation 0",
      "FIELD_INVALID",
      async (w) => ({ request: given(await w.newDraft(), { organisation_id: 0 }), who: w.admin }),
    ],
    [
      "to an organisation and to none",
      "FIELD_INVALID",
      async (w) => {
        const to = { organisation_id: 1, without_organisation: true };
        return { request: given(await w.newDraft(), to), who: w.admin };
      },
    ],
    ["to nobody", "FIELD_INVALID", async (w) => ({ request: given(await w.newDraft(), {}), who: w.admin })],
  ),
  ...casesOf(
    project.deleteProject,
    [
      "one without work",
      "OK",
      async (w) => ({ request: command({ project_id: await w.newDraft() }), who: w.admin }),
    ],
    [
      "one that is not",
      "PROJECT_NOT_FOUND",
      async ({ admin }) => ({ request: command({ project_id: NOWHERE }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_MANAGER",
      async ({ projects, mapper }) => ({ request: command({ project_id: projects.published }), who: mapper }),
    ],
    [
      "one with work",
      "PROJECT_HAS_WORK",
      async (w) => {
        const projectId = await w.newDraft();
        const { sql } = w.system.databases.project;
        await sql`insert into worked_projects (project_id) values (${projectId})`;
        return { request: command({ project_id: projectId }), who: w.admin };
      },
    ],
    ["number 0", "FIELD_INVALID", async ({ admin }) => ({ request: command({ project_id: 0 }), who: admin })],
  ),
];

const FAVOURITES: Case[] = [
  ...casesOf(
    favourites.createFavourite,
    [
      "a published one",
      "OK",
      async ({ projects, mapper }) => ({ request: command({ project_id: projects.published }), who: mapper }),
    ],
    [
      "a draft of somebody else",
      "PROJECT_NOT_FOUND",
      async ({ projects, mapper }) => ({ request: command({ project_id: projects.draft }), who: mapper }),
    ],
    [
      "by nobody",
      "TOKEN_MISSING",
      async ({ projects }) => ({ request: command({ project_id: projects.published }) }),
    ],
  ),
  ...casesOf(
    favourites.getFavourite,
    ["one's own", "OK", marked],
    [
      "what is not marked",
      "FAVOURITE_NOT_FOUND",
      async ({ projects, validator }) => ({ request: { project_id: projects.spare }, who: validator }),
    ],
  ),
  ...casesOf(
    favourites.listFavourites,
    ["one's own", "OK", async (w) => ({ request: { page_size: 5 }, who: (await marked(w)).who })],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { page_token: "abc" }, who: mapper }),
    ],
    [
      "with a page of less than nothing",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: { page_size: -1 }, who: mapper }),
    ],
  ),
  ...casesOf(
    favourites.deleteFavourite,
    [
      "one's own",
      "OK",
      async (w) => {
        const { request, who } = await marked(w);
        return { request: command(request), who };
      },
    ],
    [
      "what is not marked",
      "FAVOURITE_NOT_FOUND",
      async ({ projects, validator }) => ({
        request: command({ project_id: projects.spare }),
        who: validator,
      }),
    ],
  ),
];

const licence = (fields: JsonObject = {}) =>
  command({ licence: { name: `Licence ${requestId()}`, plain_text: "Map.", ...fields } });

const LICENCES: Case[] = [
  ...casesOf(
    licences.createLicence,
    ["by an administrator", "OK", async ({ admin }) => ({ request: licence(), who: admin })],
    ["by a mapper", "NOT_ADMINISTRATOR", async ({ mapper }) => ({ request: licence(), who: mapper })],
    [
      "by the name of another",
      "LICENCE_NAME_TAKEN",
      async (w) => ({ request: licence({ name: await nameOf(w, await newLicence(w)) }), who: w.admin }),
    ],
    [
      "without a text",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: licence({ plain_text: "" }), who: admin }),
    ],
  ),
  ...casesOf(
    licences.getLicence,
    ["by nobody", "OK", async (w) => ({ request: { licence_id: await newLicence(w) } })],
    ["one that is not", "LICENCE_NOT_FOUND", async () => ({ request: { licence_id: NOWHERE } })],
    ["number 0", "FIELD_INVALID", async () => ({ request: { licence_id: 0 } })],
  ),
  ...casesOf(
    licences.batchGetLicences,
    ["some, by nobody", "OK", async (w) => ({ request: { licence_ids: [await newLicence(w), NOWHERE] } })],
    ["number 0", "FIELD_INVALID", async () => ({ request: { licence_ids: [0] } })],
    ["one twice", "FIELD_INVALID", async () => ({ request: { licence_ids: [1, 1] } })],
  ),
  ...casesOf(
    licences.listLicences,
    ["by nobody", "OK", async () => ({ request: { page_size: 5 } })],
    ["with a forged page token", "PAGE_TOKEN_INVALID", async () => ({ request: { page_token: "abc" } })],
    ["with a page of less than nothing", "FIELD_INVALID", async () => ({ request: { page_size: -1 } })],
  ),
  ...casesOf(
    licences.updateLicence,
    [
      "by an administrator",
      "OK",
      async (w) => ({ request: rewritten(await newLicence(w), { plain_text: "Only map." }), who: w.admin }),
    ],
    [
      "by a mapper",
      "NOT_ADMINISTRATOR",
      async ({ mapper }) => ({ request: rewritten(NOWHERE, { name: "x" }), who: mapper }),
    ],
    [
      "one that is not",
      "LICENCE_NOT_FOUND",
      async ({ admin }) => ({ request: rewritten(NOWHERE, { name: "x" }), who: admin }),
    ],
    [
      "from another revision",
      "LICENCE_CHANGED",
      async (w) => ({ request: rewritten(await newLicence(w), { name: requestId() }, 2), who: w.admin }),
    ],
    [
      "into the name of another",
      "LICENCE_NAME_TAKEN",
      async (w) => {
        const name = await nameOf(w, await newLicence(w));
        return { request: rewritten(await newLicence(w), { name }), who: w.admin };
      },
    ],
    [
      "into no name",
      "FIELD_INVALID",
      async (w) => ({ request: rewritten(await newLicence(w), { name: "" }), who: w.admin }),
    ],
  ),
  ...casesOf(
    licences.deleteLicence,
    [
      "by an administrator",
      "OK",
      async (w) => ({ request: command({ licence_id: await newLicence(w) }), who: w.admin }),
    ],
    [
      "by a mapper",
      "NOT_ADMINISTRATOR",
      async ({ mapper }) => ({ request: command({ licence_id: NOWHERE }), who: mapper }),
    ],
    [
      "one that is not",
      "LICENCE_NOT_FOUND",
      async ({ admin }) => ({ request: command({ licence_id: NOWHERE }), who: admin }),
    ],
    [
      "one that a project has",
      "LICENCE_IN_USE",
      async (w) => {
        const licenceId = await newLicence(w);
        const { sql } = w.system.databases.project;
        await sql`update projects set licence_id = ${licenceId} where project_id = ${await w.newDraft()}`;
        return { request: command({ licence_id: licenceId }), who: w.admin };
      },
    ],
  ),
  ...casesOf(
    licences.acceptLicence,
    [
      "by a mapper",
      "OK",
      async (w) => ({ request: command({ licence_id: await newLicence(w) }), who: w.mapper }),
    ],
    [
      "one that is not",
      "LICENCE_NOT_FOUND",
      async ({ mapper }) => ({ request: command({ licence_id: NOWHERE }), who: mapper }),
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: command({ licence_id: NOWHERE }) })],
  ),
  ...casesOf(
    licences.getLicenceAcceptance,
    [
      "one's own",
      "OK",
      async (w) => {
        const licenceId = await newLicence(w);
        const client = createClient(LicenceService, w.system.connections.project);
        await client.acceptLicence({ requestId: requestId(), licenceId }, w.mapper);
        return { request: { licence_id: licenceId }, who: w.mapper };
      },
    ],
    [
      "before it is accepted",
      "LICENCE_ACCEPTANCE_NOT_FOUND",
      async (w) => ({ request: { licence_id: await newLicence(w) }, who: w.mapper }),
    ],
  ),
];

/** What becomes of projects, and what people keep of them. */
export const LIFE_CASES: Case[] = [...SETTINGS, ...LIFE, ...FAVOURITES, ...LICENCES];

function given(projectId: number, to: JsonObject): JsonObject {
  return command({ project_id: projectId, expected_revision: 1, ...to });
}

function rewritten(licenceId: number, fields: Record<string, string>, revision = 1): JsonObject {
  const patch = { licence: { licence_id: licenceId, ...fields }, update_mask: maskOf(fields) };
  return command({ ...patch, expected_revision: revision });
}

/** As JSON writes a field mask. */
function maskOf(fields: JsonObject): string {
  const camel = (name: string) => name.replace(/_[a-z]/g, (it) => it.slice(1).toUpperCase());
  return Object.keys(fields).map(camel).join(",");
}

async function nameOf({ system }: World, licenceId: number): Promise<string> {
  const client = createClient(LicenceService, system.connections.project);
  const { licence: found } = await client.getLicence({ licenceId });
  return found?.name ?? "";
}
