import { randomBytes } from "node:crypto";
import type { DescService } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { connect } from "@tessera/rpc/connect.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokenHash } from "../invitations/invitation.ts";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { type TestPerson, teamGround } from "../testing/teams.ts";
import { MATRIX_SERVICES, ROLES, ROWS, type Role, type Row, type Stage } from "./team-matrix.table.ts";

/** The owner of the team: the caller's own organisation, or another. */
const TARGETS = ["public", "private", "another's public", "another's private"] as const;
type Target = (typeof TARGETS)[number];

let system: TestSystem;
let people: Record<Exclude<Role, "anonymous"> | "keeper" | "second" | "somebody", TestPerson>;
let connection: ReturnType<typeof connect>;

beforeAll(async () => {
  system = await testSystem();
  connection = connect(system.auth.address);
  const { newPerson, admin } = await teamGround(system);
  people = {
    administrator: admin,
    concerned: await newPerson(),
    stranger: await newPerson(),
    member: await newPerson(),
    teamManager: await newPerson(),
    organisationManager: await newPerson(),
    keeper: await newPerson(),
    second: await newPerson(),
    somebody: await newPerson(),
  };
});

afterAll(async () => {
  connection.close();
  await system.stop();
});

const METHODS = MATRIX_SERVICES.flatMap(({ methods }) => methods).map((it) => [it.name, it] as const);

test.each(METHODS)("%s has a row", (_, method) => {
  expect(ROWS.some((it) => it.method === method)).toBe(true);
});

describe.each(TARGETS)("a team that is %s", (target) => {
  const cells = ROWS.flatMap((row) => ROLES.map((role) => [row.method.name, row.what, role, row] as const));
  test.each(cells)("%s: %s, as %s", async (_, __, role, row) => {
    const stage = await newStage(target, role);
    expect(await answerOf(row, role, stage)).toBe(expected(row, role, target));
  });
});

type Calls = Record<string, (request: object, options?: object) => Promise<never>>;

/** A member of one organisation is a stranger in another. */
function expected(row: Row, role: Role, target: Target): string {
  const anothers = target.startsWith("another's");
  const stays = ["anonymous", "concerned", "administrator"].includes(role);
  const standing = anothers && !stays ? "stranger" : role;
  const answers = target.endsWith("private") ? row.privately : row.publicly;
  return answers[ROLES.indexOf(standing)] as string;
}

async function answerOf(row: Row, role: Role, stage: Stage): Promise<string> {
  const client = createClient(row.method.parent as DescService, connection) as unknown as Calls;
  const call = client[row.method.localName]?.(row.request(stage), role === "anonymous" ? {} : people[role]);
  const response = await (call as Promise<never>).catch(() => undefined);
  if (response === undefined) return (await refusalOf(call as Promise<never>)).reason ?? "no reason";
  return row.shows === undefined || row.shows(response, stage) ? "OK" : "hidden";
}

/** An organisation with one team, which one person has asked to join and is invited to. */
async function newStage(target: Target, role: Role): Promise<Stage> {
  const { sql } = system.database;
  const { keeper, second, concerned, somebody, member, teamManager, organisationManager } = people;
  const own = !target.startsWith("another's");
  const visibility = target.endsWith("private") ? 2 : 1;
  const key = randomBytes(8).toString("hex");
  const token = randomBytes(32).toString("base64url");
  const managers = [keeper, second, ...(own ? [organisationManager] : [])].map((it) => it.userId);
  const leads = [keeper, second, ...(own ? [teamManager] : [])].map((it) => it.userId);
  const members = (own ? [member] : []).map((it) => it.userId);
  const [row] = await sql<Omit<Stage, "name" | "token" | "keeper" | "self" | "somebody">[]>`
    with organisation as (
      insert into organisations (name, name_key, slug, description, url, logo_url, create_time, update_time)
      values (${key}, ${key}, ${key}, '', '', '', now(), now()) returning organisation_id
    ), managers as (
      insert into organisation_managers (organisation_id, user_id, create_time)
      select organisation_id, user_id, now() from organisation, unnest(${managers}::bigint[]) user_id
    ), team as (
      insert into teams (organisation_id, name, name_key, description, visibility, join_method, purposes, create_time,
        update_time)
      select organisation_id, 'First', 'first', '', ${visibility}::smallint, 1, '{}', now(), now() from organisation
      returning team_id
    ), members as (
      insert into team_members (team_id, user_id, function, create_time)
      select team_id, user_id, 2, now() from team, unnest(${leads}::bigint[]) user_id
      union all select team_id, user_id, 1, now() from team, unnest(${members}::bigint[]) user_id
    ), request as (
      insert into join_requests (team_id, user_id, message, state, create_time, update_time)
      select team_id, ${concerned.userId}::bigint, '', 1, now(), now() from team returning join_request_id
    ), named as (
      insert into invitations (team_id, user_id, message, state, invited_by, create_time, expire_time, update_time)
      select team_id, ${concerned.userId}::bigint, '', 1, 1, now(), now() + interval '1 day', now() from team
      returning invitation_id
    ), by_token as (
      insert into invitations (team_id, token_hash, message, state, invited_by, create_time, expire_time, update_time)
      select team_id, ${tokenHash(token)}::bytea, '', 1, 1, now(), now() + interval '1 day', now() from team
    )
    select organisation_id as "organisationId", team_id as "teamId", join_request_id as "joinRequestId",
      invitation_id as "invitationId"
    from organisation, team, request, named`;
  const self = role === "anonymous" ? 0n : people[role].userId;
  return { ...(row as Stage), name: key, token, keeper: keeper.userId, somebody: somebody.userId, self };
}
