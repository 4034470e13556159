import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import { requestId } from "../ground/door.ts";
import { newAccount, newAdministeringProgram } from "../ground/machine-ground.ts";
import { limits, organisationGround, teamStage } from "../ground/team-ground.ts";
import type { World } from "../ground/world.ts";

const organisations = OrganisationService.method;

const make = (fields: Record<string, string>) =>
  command({ organisation: { name: `Made ${requestId()}`, ...fields } });

const update = (organisationId: number, fields: Record<string, string>, revision = 1) =>
  command({
    organisation: { organisation_id: organisationId, ...fields },
    update_mask: Object.keys(fields).join(","),
    expected_revision: revision,
  });

/** An organisation, and its manager as who calls. */
async function managed(w: World) {
  const it = await organisationGround(w);
  return { ...it, who: it.manager.who };
}

const ORGANISATIONS: Case[] = [
  ...casesOf(
    organisations.createOrganisation,
    ["by an administrator", "OK", async ({ admin }) => ({ request: make({}), who: admin })],
    ["by a mapper", "NOT_ADMINISTRATOR", async ({ mapper }) => ({ request: make({}), who: mapper })],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: make({}) })],
    [
      "by a service account",
      "USER_NOT_ADMISSIBLE",
      async (w) => ({ request: make({}), who: await newAdministeringProgram(w) }),
    ],
    [
      "under a name that another has",
      "ORGANISATION_NAME_TAKEN",
      async (w) => {
        const { name } = await organisationGround(w);
        return { request: make({ name: name.toUpperCase(), slug: `s-${requestId()}` }), who: w.admin };
      },
    ],
    [
      "under a slug that another has",
      "ORGANISATION_SLUG_TAKEN",
      async (w) => {
        const { name } = await organisationGround(w);
        const slug = name.toLowerCase().replaceAll(" ", "-").slice(0, 60);
        return { request: make({ slug }), who: w.admin };
      },
    ],
    [
      "with a url of no web",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: make({ url: "ftp://a" }), who: admin }),
    ],
  ),
  ...casesOf(
    organisations.getOrganisation,
    [
      "by nobody",
      "OK",
      async (w) => ({ request: { organisation_id: (await organisationGround(w)).organisationId } }),
    ],
    ["one that is not", "ORGANISATION_NOT_FOUND", async () => ({ request: { organisation_id: NOWHERE } })],
    ["number 0", "FIELD_INVALID", async () => ({ request: { organisation_id: 0 } })],
  ),
  ...casesOf(
    organisations.batchGetOrganisations,
    [
      "some, by nobody",
      "OK",
      async (w) => ({
        request: { organisation_ids: [(await organisationGround(w)).organisationId, NOWHERE] },
      }),
    ],
    ["number 0", "FIELD_INVALID", async () => ({ request: { organisation_ids: [0] } })],
    ["one twice", "FIELD_INVALID", async () => ({ request: { organisation_ids: [1, 1] } })],
  ),
  ...casesOf(
    organisations.listOrganisations,
    ["by nobody", "OK", async () => ({ request: { query: "made", page_size: 5 } })],
    ["with a forged page token", "PAGE_TOKEN_INVALID", async () => ({ request: { page_token: "abc" } })],
    ["with a page of less than nothing", "FIELD_INVALID", async () => ({ request: { page_size: -1 } })],
  ),
  ...casesOf(
    organisations.updateOrganisation,
    [
      "by its manager",
      "OK",
      async (w) => {
        const { organisationId, who } = await managed(w);
        return { request: update(organisationId, { description: "Well.", url: "https://a.example/" }), who };
      },
    ],
    [
      "one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({ request: update(NOWHERE, { description: "x" }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_ORGANISATION_MANAGER",
      async (w) => {
        const { organisationId } = await managed(w);
        return { request: update(organisationId, { description: "x" }), who: w.mapper };
      },
    ],
    [
      "that is at another revision",
      "ORGANISATION_CHANGED",
      async (w) => {
        const { organisationId, who } = await managed(w);
        return { request: update(organisationId, { description: "x" }, 7), who };
      },
    ],
    [
      "to a name that another has",
      "ORGANISATION_NAME_TAKEN",
      async (w) => {
        const { name } = await organisationGround(w);
        const { organisationId, who } = await managed(w);
        return { request: update(organisationId, { name }), who };
      },
    ],
    [
      "to a slug that another has",
      "ORGANISATION_SLUG_TAKEN",
      async (w) => {
        const { name } = await organisationGround(w);
        const { organisationId, who } = await managed(w);
        const slug = name.toLowerCase().replaceAll(" ", "-").slice(0, 60);
        return { request: update(organisationId, { slug }), who };
      },
    ],
    [
      "to a name that is blank",
      "FIELD_INVALID",
      async (w) => {
        const { organisationId, who } = await managed(w);
        return { request: update(organisationId, { name: " " }), who };
      },
    ],
  ),
  ...casesOf(
    organisations.deleteOrganisation,
    [
      "by its manager",
      "OK",
      async (w) => {
        const { organisationId, who } = await managed(w);
        return { request: command({ organisation_id: organisationId }), who };
      },
    ],
    [
      "one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({ request: command({ organisation_id: NOWHERE }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_ORGANISATION_MANAGER",
      async (w) => {
        const { organisationId } = await managed(w);
        return { request: command({ organisation_id: organisationId }), who: w.mapper };
      },
    ],
    [
      "that has a team",
      "ORGANISATION_HAS_TEAMS",
      async (w) => {
        const { organisationId, manager } = await teamStage(w);
        return { request: command({ organisation_id: organisationId }), who: manager.who };
      },
    ],
  ),
];

const MANAGERS: Case[] = [
  ...casesOf(
    organisations.addOrganisationManager,
    [
      "by a manager",
      "OK",
      async (w) => {
        const { organisationId, who } = await managed(w);
        const { userId } = await w.newPerson();
        return { request: command({ organisation_id: organisationId, user_id: userId }), who };
      },
    ],
    [
      "of one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({ request: command({ organisation_id: NOWHERE, user_id: 1 }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_ORGANISATION_MANAGER",
      async (w) => {
        const { organisationId } = await managed(w);
        return { request: command({ organisation_id: organisationId, user_id: 1 }), who: w.mapper };
      },
    ],
    [
      "who is blocked",
      "USER_NOT_ADMISSIBLE",
      async (w) => {
        const { organisationId, who } = await managed(w);
        const userId = await w.blockedPerson();
        return { request: command({ organisation_id: organisationId, user_id: userId }), who };
      },
    ],
    [
      "a service account",
      "USER_NOT_ADMISSIBLE",
      async (w) => {
        const { organisationId, who } = await managed(w);
        const { userId } = await newAccount(w);
        return { request: command({ organisation_id: organisationId, user_id: userId }), who };
      },
    ],
    [
      "who was deleted",
      "USER_NOT_FOUND",
      async (w) => {
        const { organisationId, who } = await managed(w);
        const userId = await w.deletedPerson();
        return { request: command({ organisation_id: organisationId, user_id: userId }), who };
      },
    ],
    [
      "one too many",
      "ORGANISATION_MANAGER_LIMIT_REACHED",
      async (w) => {
        const { organisationId, who } = await managed(w);
        await limits(w).managers(organisationId);
        const { userId } = await w.newPerson();
        return { request: command({ organisation_id: organisationId, user_id: userId }), who };
      },
    ],
  ),
  ...casesOf(
    organisations.getOrganisationManager,
    [
      "by a mapper",
      "OK",
      async (w) => {
        const { organisationId, manager } = await managed(w);
        return { request: { organisation_id: organisationId, user_id: manager.userId }, who: w.mapper };
      },
    ],
    [
      "of one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ mapper }) => ({ request: { organisation_id: NOWHERE, user_id: 1 }, who: mapper }),
    ],
    [
      "who is none",
      "ORGANISATION_MANAGER_NOT_FOUND",
      async (w) => {
        const { organisationId } = await managed(w);
        return { request: { organisation_id: organisationId, user_id: NOWHERE }, who: w.mapper };
      },
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: { organisation_id: NOWHERE, user_id: NOWHERE } })],
  ),
  ...casesOf(
    organisations.listOrganisationManagers,
    [
      "by a mapper",
      "OK",
      async (w) => {
        const { organisationId } = await managed(w);
        return { request: { organisation_id: organisationId }, who: w.mapper };
      },
    ],
    [
      "of one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ mapper }) => ({ request: { organisation_id: NOWHERE }, who: mapper }),
    ],
    [
      "with a forged page token",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { organisation_id: NOWHERE, page_token: "abc" }, who: mapper }),
    ],
  ),
  ...casesOf(
    organisations.removeOrganisationManager,
    [
      "who leaves",
      "OK",
      async (w) => {
        const { organisationId, manager, who } = await managed(w);
        return { request: command({ organisation_id: organisationId, user_id: manager.userId }), who };
      },
    ],
    [
      "of one that is not",
      "ORGANISATION_NOT_FOUND",
      async ({ admin }) => ({ request: command({ organisation_id: NOWHERE, user_id: 1 }), who: admin }),
    ],
    [
      "by a mapper",
      "NOT_ORGANISATION_MANAGER",
      async (w) => {
        const { organisationId, manager } = await managed(w);
        const request = command({ organisation_id: organisationId, user_id: manager.userId });
        return { request, who: w.mapper };
      },
    ],
    [
      "who is none",
      "ORGANISATION_MANAGER_NOT_FOUND",
      async (w) => {
        const { organisationId, who } = await managed(w);
        return { request: command({ organisation_id: organisationId, user_id: NOWHERE }), who };
      },
    ],
    [
      "who is the last",
      "LAST_MANAGER",
      async (w) => {
        const { organisationId, manager, removeAdmin } = await managed(w);
        await removeAdmin();
        const request = command({ organisation_id: organisationId, user_id: manager.userId });
        return { request, who: w.admin };
      },
    ],
  ),
];

/** Every answer of OrganisationService. */
export const ORGANISATION_CASES: readonly Case[] = [...ORGANISATIONS, ...MANAGERS];
