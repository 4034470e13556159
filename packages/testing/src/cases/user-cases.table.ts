import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { SystemRole, UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { type Case, casesOf, command, NOWHERE } from "../ground/case.ts";
import type { World } from "../ground/world.ts";

const user = UserService.method;
const event = AuthEventService.method;
const NO_EVENT = "0b7f7f3e-2f0b-4e0a-9d0e-111111111111";

/** What a method refuses to nobody, and to somebody who is no administrator, where only they may. */
function gated(method: DescMethod, fields: JsonObject, { administrators = true } = {}): Case[] {
  const request = () => (isCommand(method) ? command(fields) : fields);
  return [
    ...casesOf(method, ["by nobody", "TOKEN_MISSING", async () => ({ request: request() })]),
    ...(administrators
      ? casesOf(method, [
          "by a mapper",
          "NOT_ADMINISTRATOR",
          async ({ mapper }) => ({ request: request(), who: mapper }),
        ])
      : []),
  ];
}

/** The administrator, without the service accounts beside which others of these cases put them. */
async function lastAdministrator({ system, administrator }: World) {
  const { MAPPER, ADMINISTRATOR } = SystemRole;
  await system.databases.auth.sql`
    update users set system_role = ${MAPPER} where kind = ${UserKind.SERVICE} and system_role = ${ADMINISTRATOR}`;
  return administrator();
}

const profile = (userId: number, revision: string, change: JsonObject) =>
  command({
    user: { user_id: userId, ...change },
    update_mask: Object.keys(change).join(","),
    expected_revision: revision,
  });

const READS: Case[] = [
  ...gated(user.getUser, { user_id: 1 }, { administrators: false }),
  ...casesOf(
    user.getUser,
    [
      "another's",
      "OK",
      async ({ newPerson, mapper }) => ({ request: { user_id: (await newPerson()).userId }, who: mapper }),
    ],
    ["none", "USER_NOT_FOUND", async ({ mapper }) => ({ request: { user_id: NOWHERE }, who: mapper })],
    [
      "one who was deleted",
      "USER_NOT_FOUND",
      async ({ deletedPerson, mapper }) => ({ request: { user_id: await deletedPerson() }, who: mapper }),
    ],
    ["number 0", "FIELD_INVALID", async ({ mapper }) => ({ request: { user_id: 0 }, who: mapper })],
    [
      "with a token for other things",
      "SCOPE_MISSING",
      async ({ newService }) => ({ request: { user_id: 1 }, who: await newService() }),
    ],
  ),
  ...gated(user.batchGetUsers, { user_ids: [1] }, { administrators: false }),
  ...casesOf(
    user.batchGetUsers,
    ["some", "OK", async ({ mapper }) => ({ request: { user_ids: [1, NOWHERE] }, who: mapper })],
    ["user number 0", "FIELD_INVALID", async ({ mapper }) => ({ request: { user_ids: [0] }, who: mapper })],
    [
      "too many",
      "FIELD_INVALID",
      async ({ mapper }) => ({
        request: { user_ids: Array.from({ length: 101 }, (_, index) => index + 1) },
        who: mapper,
      }),
    ],
    ["one twice", "FIELD_INVALID", async ({ mapper }) => ({ request: { user_ids: [1, 1] }, who: mapper })],
  ),
  ...gated(user.listUsers, { blocked: true }),
  ...casesOf(
    user.listUsers,
    ["by name", "OK", async ({ mapper }) => ({ request: { query: "mapper" }, who: mapper })],
    ["who is blocked", "OK", async ({ admin }) => ({ request: { blocked: true }, who: admin })],
    [
      "with a page token of another list",
      "PAGE_TOKEN_INVALID",
      async ({ mapper }) => ({ request: { page_token: "abc" }, who: mapper }),
    ],
    [
      "a page of less than nothing",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: { page_size: -1 }, who: mapper }),
    ],
    [
      "with a control character",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: { query: "a\tb" }, who: mapper }),
    ],
    [
      "an unknown role",
      "FIELD_INVALID",
      async ({ mapper }) => ({ request: { system_role: 9 }, who: mapper }),
    ],
  ),
];

const PROFILES: Case[] = [
  ...casesOf(
    user.updateUser,
    [
      "one's own",
      "OK",
      async ({ newPerson }) => {
        const { userId, revision, who } = await newPerson();
        return { request: profile(userId, revision, { languages: ["pt-br"], description: "Hello." }), who };
      },
    ],
    [
      "another's, also by an administrator",
      "PROFILE_NOT_OWN",
      async ({ newPerson, admin }) => {
        const { userId, revision } = await newPerson();
        return { request: profile(userId, revision, { description: "Hello." }), who: admin };
      },
    ],
    [
      "nobody's",
      "PROFILE_NOT_OWN",
      async ({ mapper }) => ({ request: profile(NOWHERE, "1", { description: "x" }), who: mapper }),
    ],
    [
      "from another revision",
      "USER_CHANGED",
      async ({ newPerson }) => {
        const { userId, who } = await newPerson();
        return { request: profile(userId, "9", { description: "Hello." }), who };
      },
    ],
    [
      "a field that is not the person's to change",
      "FIELD_INVALID",
      async ({ newPerson }) => {
        const { userId, revision, who } = await newPerson();
        return { request: profile(userId, revision, { name: "Somebody Else" }), who };
      },
    ],
    [
      "a language that is none",
      "FIELD_INVALID",
      async ({ newPerson }) => {
        const { userId, revision, who } = await newPerson();
        return { request: profile(userId, revision, { languages: ["en-x"] }), who };
      },
    ],
    ["by nobody", "TOKEN_MISSING", async () => ({ request: profile(1, "1", { description: "x" }) })],
  ),
];

const role = (userId: number, revision: string, systemRole = "SYSTEM_ROLE_MAPPER") =>
  command({ user_id: userId, system_role: systemRole, expected_revision: revision });
const level = (userId: number, revision: string, mappingLevel = "MAPPING_LEVEL_ADVANCED") =>
  command({ user_id: userId, mapping_level: mappingLevel, expected_revision: revision });

const RANKS: Case[] = [
  ...gated(user.setSystemRole, {
    user_id: 1,
    system_role: "SYSTEM_ROLE_ADMINISTRATOR",
    expected_revision: 1,
  }),
  ...casesOf(
    user.setSystemRole,
    [
      "somebody's",
      "OK",
      async ({ newPerson, admin }) => {
        const { userId, revision } = await newPerson();
        return { request: role(userId, revision), who: admin };
      },
    ],
    ["nobody's", "USER_NOT_FOUND", async ({ admin }) => ({ request: role(NOWHERE, "1"), who: admin })],
    [
      "from another revision",
      "USER_CHANGED",
      async ({ newPerson, admin }) => ({ request: role((await newPerson()).userId, "9"), who: admin }),
    ],
    [
      "of the last administrator",
      "LAST_ADMINISTRATOR",
      async (w) => {
        const { userId, revision } = await lastAdministrator(w);
        return { request: role(userId, revision), who: w.admin };
      },
    ],
    [
      "to none",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: role(1, "1", "SYSTEM_ROLE_UNSPECIFIED"), who: admin }),
    ],
  ),
  ...gated(user.setMappingLevel, {
    user_id: 1,
    mapping_level: "MAPPING_LEVEL_ADVANCED",
    expected_revision: 1,
  }),
  ...casesOf(
    user.setMappingLevel,
    [
      "somebody's",
      "OK",
      async ({ newPerson, admin }) => {
        const { userId, revision } = await newPerson();
        return { request: level(userId, revision), who: admin };
      },
    ],
    ["nobody's", "USER_NOT_FOUND", async ({ admin }) => ({ request: level(NOWHERE, "1"), who: admin })],
    [
      "from another revision",
      "USER_CHANGED",
      async ({ newPerson, admin }) => ({ request: level((await newPerson()).userId, "9"), who: admin }),
    ],
    [
      "to none",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: level(1, "1", "MAPPING_LEVEL_UNSPECIFIED"), who: admin }),
    ],
  ),
];

const BLOCKS: Case[] = [
  ...gated(user.blockUser, { user_id: 1, reason: "Spam." }),
  ...casesOf(
    user.blockUser,
    [
      "somebody",
      "OK",
      async ({ newPerson, admin }) => ({
        request: command({ user_id: (await newPerson()).userId, reason: "Spam." }),
        who: admin,
      }),
    ],
    [
      "nobody",
      "USER_NOT_FOUND",
      async ({ admin }) => ({ request: command({ user_id: NOWHERE, reason: "Spam." }), who: admin }),
    ],
    [
      "oneself",
      "OWN_BLOCK",
      async ({ administrator, admin }) => ({
        request: command({ user_id: (await administrator()).userId, reason: "Spam." }),
        who: admin,
      }),
    ],
    [
      "somebody who is blocked",
      "ALREADY_BLOCKED",
      async ({ blockedPerson, admin }) => ({
        request: command({ user_id: await blockedPerson(), reason: "Spam." }),
        who: admin,
      }),
    ],
    [
      "without a reason",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: command({ user_id: 1, reason: " " }), who: admin }),
    ],
  ),
  ...gated(user.getBlock, { user_id: 1 }),
  ...casesOf(
    user.getBlock,
    [
      "of somebody who is blocked",
      "OK",
      async ({ blockedPerson, admin }) => ({ request: { user_id: await blockedPerson() }, who: admin }),
    ],
    [
      "of somebody who is not",
      "BLOCK_NOT_FOUND",
      async ({ newPerson, admin }) => ({ request: { user_id: (await newPerson()).userId }, who: admin }),
    ],
    [
      "one's own, without one",
      "BLOCK_NOT_FOUND",
      async ({ newPerson }) => {
        const { userId, who } = await newPerson();
        return { request: { user_id: userId }, who };
      },
    ],
  ),
  ...gated(user.unblockUser, { user_id: 1 }),
  ...casesOf(
    user.unblockUser,
    [
      "somebody who is blocked",
      "OK",
      async ({ blockedPerson, admin }) => ({
        request: command({ user_id: await blockedPerson() }),
        who: admin,
      }),
    ],
    [
      "somebody who is not",
      "BLOCK_NOT_FOUND",
      async ({ newPerson, admin }) => ({
        request: command({ user_id: (await newPerson()).userId }),
        who: admin,
      }),
    ],
    [
      "nobody",
      "USER_NOT_FOUND",
      async ({ admin }) => ({ request: command({ user_id: NOWHERE }), who: admin }),
    ],
  ),
];

const DELETIONS: Case[] = [
  ...gated(user.deleteUser, { user_id: 999_998 }),
  ...casesOf(
    user.deleteUser,
    [
      "oneself",
      "OK",
      async ({ newPerson }) => {
        const { userId, who } = await newPerson();
        return { request: command({ user_id: userId }), who };
      },
    ],
    [
      "another, by an administrator",
      "OK",
      async ({ newPerson, admin }) => ({
        request: command({ user_id: (await newPerson()).userId }),
        who: admin,
      }),
    ],
    [
      "somebody who was deleted",
      "USER_NOT_FOUND",
      async ({ deletedPerson, admin }) => ({
        request: command({ user_id: await deletedPerson() }),
        who: admin,
      }),
    ],
    [
      "the last administrator",
      "LAST_ADMINISTRATOR",
      async (w) => ({
        request: command({ user_id: (await lastAdministrator(w)).userId }),
        who: w.admin,
      }),
    ],
  ),
  ...gated(user.getDeletion, { user_id: 1 }),
  ...casesOf(
    user.getDeletion,
    [
      "of somebody who was deleted",
      "OK",
      async ({ deletedPerson, admin }) => ({ request: { user_id: await deletedPerson() }, who: admin }),
    ],
    [
      "of somebody who is there",
      "DELETION_NOT_FOUND",
      async ({ newPerson, admin }) => ({ request: { user_id: (await newPerson()).userId }, who: admin }),
    ],
  ),
  ...gated(user.listDeletions, { service: "task" }, { administrators: false }),
  ...casesOf(
    user.listDeletions,
    [
      "of a service",
      "OK",
      async ({ newService }) => ({ request: { service: "task" }, who: await newService() }),
    ],
    ["by a person", "SCOPE_MISSING", async ({ admin }) => ({ request: { service: "task" }, who: admin })],
    [
      "of no service",
      "SERVICE_UNKNOWN",
      async ({ newService }) => ({ request: { service: "weather" }, who: await newService() }),
    ],
    [
      "with a page token of another list",
      "PAGE_TOKEN_INVALID",
      async ({ newService }) => ({
        request: { service: "task", page_token: "abc" },
        who: await newService(),
      }),
    ],
    [
      "with a name that is none",
      "FIELD_INVALID",
      async ({ newService }) => ({ request: { service: "Task!" }, who: await newService() }),
    ],
  ),
  ...gated(user.confirmDeletion, { user_id: 1, service: "task" }, { administrators: false }),
  ...casesOf(
    user.confirmDeletion,
    [
      "of somebody who was deleted",
      "OK",
      async ({ deletedPerson, newService }) => ({
        request: command({ user_id: await deletedPerson(), service: "task" }),
        who: await newService(),
      }),
    ],
    [
      "of somebody who is there",
      "DELETION_NOT_FOUND",
      async ({ newPerson, newService }) => ({
        request: command({ user_id: (await newPerson()).userId, service: "task" }),
        who: await newService(),
      }),
    ],
    [
      "by no service",
      "SERVICE_UNKNOWN",
      async ({ deletedPerson, newService }) => ({
        request: command({ user_id: await deletedPerson(), service: "weather" }),
        who: await newService(),
      }),
    ],
    [
      "by a person",
      "SCOPE_MISSING",
      async ({ admin }) => ({ request: command({ user_id: 1, service: "task" }), who: admin }),
    ],
  ),
];

const EVENTS: Case[] = [
  ...gated(event.listAuthEvents, {}, { administrators: false }),
  ...casesOf(
    event.listAuthEvents,
    ["all", "OK", async ({ admin }) => ({ request: { page_size: 1 }, who: admin })],
    ["one's own", "OK", async ({ mapper }) => ({ request: {}, who: mapper })],
    [
      "of a time",
      "OK",
      async ({ admin }) => ({
        request: { after_time: "2026-01-01T00:00:00Z", before_time: "2026-01-02T00:00:00Z" },
        who: admin,
      }),
    ],
    [
      "with a page token of another list",
      "PAGE_TOKEN_INVALID",
      async ({ admin }) => ({ request: { page_token: "abc" }, who: admin }),
    ],
    ["of user number 0", "FIELD_INVALID", async ({ admin }) => ({ request: { user_id: 0 }, who: admin })],
    ["of team number 0", "FIELD_INVALID", async ({ admin }) => ({ request: { team_id: 0 }, who: admin })],
    [
      "before there were clocks",
      "FIELD_INVALID",
      async ({ admin }) => ({ request: { after_time: "1066-10-14T00:00:00Z" }, who: admin }),
    ],
  ),
  ...gated(event.getAuthEvent, { event_id: NO_EVENT }, { administrators: false }),
  ...casesOf(
    event.getAuthEvent,
    ["one", "OK", async ({ newEvent, admin }) => ({ request: { event_id: await newEvent() }, who: admin })],
    [
      "one of others",
      "AUTH_EVENT_NOT_FOUND",
      async ({ newEvent, mapper }) => ({ request: { event_id: await newEvent() }, who: mapper }),
    ],
    ["none", "AUTH_EVENT_NOT_FOUND", async ({ admin }) => ({ request: { event_id: NO_EVENT }, who: admin })],
    ["not a UUID", "FIELD_INVALID", async ({ admin }) => ({ request: { event_id: "7" }, who: admin })],
  ),
  ...gated(event.watchAuthEvents, {}, { administrators: false }),
  ...casesOf(
    event.watchAuthEvents,
    ["from now on", "OK", async ({ newService }) => ({ request: {}, who: await newService() })],
    ["by a person", "SCOPE_MISSING", async ({ admin }) => ({ request: {}, who: admin })],
    [
      "from a position of another feed",
      "POSITION_INVALID",
      async ({ newService }) => ({ request: { position: "p1" }, who: await newService() }),
    ],
    [
      "from a position that is forgotten",
      "POSITION_FORGOTTEN",
      async ({ newEvent, forgetFirstEvent, newService }) => {
        await newEvent();
        await forgetFirstEvent();
        return { request: { position: "e0" }, who: await newService() };
      },
    ],
  ),
];

/** Cases of UserService and AuthEventService, which hold through both doors. */
export const USER_CASES: readonly Case[] = [
  ...READS,
  ...PROFILES,
  ...RANKS,
  ...BLOCKS,
  ...DELETIONS,
  ...EVENTS,
];
