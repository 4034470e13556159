import { randomUUID } from "node:crypto";
import type { DescMessage, DescService, MessageShape } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import type { Acknowledgement } from "@tessera/contracts/tessera/rpc/v1/acknowledgement_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf, type TestSystem, testSystem } from "../testing/system.ts";
import { idIn, type TeamGround, type TestPerson, teamGround } from "../testing/teams.ts";
import { MATRIX_SERVICES } from "./team-matrix.table.ts";

let system: TestSystem;
let ground: TeamGround;
let connection: ReturnType<typeof connect>;

beforeAll(async () => {
  system = await testSystem();
  connection = connect(system.auth.address);
  ground = await teamGround(system);
});

afterAll(async () => {
  connection.close();
  await system.stop();
});

type Call = { request: Record<string, unknown>; who: TestPerson };

const requestId = () => randomUUID();

async function asked() {
  const { teamId, lead } = await ground.newTeam({ joinMethod: 2 });
  const asker = await ground.newPerson();
  const made = await ground.joinRequests.createJoinRequest({ requestId: requestId(), teamId }, asker);
  return { teamId, lead, asker, joinRequestId: BigInt(idIn(made.acknowledgement?.name)) };
}

async function invited() {
  const { teamId, lead } = await ground.newTeam();
  const guest = await ground.newPerson();
  const invite = { requestId: requestId(), teamId, userId: guest.userId };
  const made = await ground.invitations.createInvitation(invite, lead);
  return { lead, guest, invitationId: BigInt(idIn(made.acknowledgement?.name)) };
}

/** What each command is, as it takes effect. */
const COMMANDS: Record<string, () => Promise<Call>> = {
  CreateOrganisation: async () => ({
    request: { organisation: { name: `Made ${randomUUID()}` } },
    who: ground.admin,
  }),
  UpdateOrganisation: async () => {
    const organisationId = await ground.newOrganisation(await ground.newPerson());
    const organisation = { organisationId, description: "x" };
    const request = { organisation, updateMask: { paths: ["description"] }, expectedRevision: 1n };
    return { request, who: ground.admin };
  },
  DeleteOrganisation: async () => {
    const organisationId = await ground.newOrganisation(await ground.newPerson());
    return { request: { organisationId }, who: ground.admin };
  },
  AddOrganisationManager: async () => {
    const { userId } = await ground.newPerson();
    return { request: { organisationId: ground.organisationId, userId }, who: ground.admin };
  },
  RemoveOrganisationManager: async () => {
    const manager = await ground.newPerson();
    const organisationId = await ground.newOrganisation(manager);
    return { request: { organisationId, userId: manager.userId }, who: manager };
  },
  CreateTeam: async () => {
    const team = { organisationId: ground.organisationId, name: randomUUID() };
    return { request: { team }, who: ground.manager };
  },
  UpdateTeam: async () => {
    const { teamId, lead } = await ground.newTeam();
    const team = { teamId, description: "x" };
    const request = { team, updateMask: { paths: ["description"] }, expectedRevision: 1n };
    return { request, who: lead };
  },
  DeleteTeam: async () => {
    const { teamId } = await ground.newTeam();
    return { request: { teamId }, who: ground.admin };
  },
  SetTeamMember: async () => {
    const { teamId } = await ground.newTeam();
    const who = await ground.newPerson();
    return { request: { teamId, userId: who.userId }, who };
  },
  RemoveTeamMember: async () => {
    const { teamId } = await ground.newTeam();
    const who = await ground.newMember(teamId);
    return { request: { teamId, userId: who.userId }, who };
  },
  CreateJoinRequest: async () => {
    const { teamId } = await ground.newTeam({ joinMethod: 2 });
    return { request: { teamId }, who: await ground.newPerson() };
  },
  DecideJoinRequest: async () => {
    const { teamId, lead, joinRequestId } = await asked();
    return { request: { teamId, joinRequestId, state: 2 }, who: lead };
  },
  WithdrawJoinRequest: async () => {
    const { teamId, asker, joinRequestId } = await asked();
    return { request: { teamId, joinRequestId }, who: asker };
  },
  CreateInvitation: async () => {
    const { teamId, lead } = await ground.newTeam();
    return { request: { teamId }, who: lead };
  },
  AcceptInvitation: async () => {
    const { guest, invitationId } = await invited();
    return { request: { invitationId }, who: guest };
  },
  DeclineInvitation: async () => {
    const { guest, invitationId } = await invited();
    return { request: { invitationId }, who: guest };
  },
  WithdrawInvitation: async () => {
    const { lead, invitationId } = await invited();
    return { request: { invitationId }, who: lead };
  },
};

const METHODS = MATRIX_SERVICES.flatMap(({ methods }) => methods)
  .filter(isCommand)
  .map((method) => [method.name, method] as const);

/** The events, and the rows that commands make. */
async function written(): Promise<number> {
  const { sql } = system.database;
  const [row] = await sql<{ count: number }[]>`
    select ((select count(*) from events) + (select count(*) from organisations) + (select count(*) from teams)
      + (select count(*) from team_members) + (select count(*) from join_requests)
      + (select count(*) from invitations) + (select sum(version) from membership_versions))::integer as count`;
  return row?.count ?? 0;
}

test.each(METHODS)("five of one %s at once have one effect and one acknowledgement", async (name, method) => {
  const { request, who } = await (COMMANDS[name] as () => Promise<Call>)();
  const client = createClient(method.parent as DescService, connection) as unknown as Record<
    string,
    (request: object, options: object) => Promise<MessageShape<DescMessage> & Acknowledged>
  >;
  const send = (it: Record<string, unknown>) => client[method.localName]?.(it, who) as Promise<Acknowledged>;
  const same = { requestId: requestId(), ...request };
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(same)));
  const acknowledgements = answers.map((it) => it.acknowledgement);
  expect(acknowledgements.filter((it) => it?.replayed === false)).toHaveLength(1);
  const [first] = acknowledgements;
  for (const it of acknowledgements)
    expect({ ...it, replayed: false }).toEqual({ ...first, replayed: false });
  const before = await written();
  expect((await send(same)).acknowledgement?.replayed).toBe(true);
  expect(await written()).toBe(before);
  const other = { ...same, ...changed(same) };
  expect((await refusalOf(send(other))).reason).toBe("REQUEST_ID_REUSED");
});

type Acknowledged = { acknowledgement?: Acknowledgement };

/** Another content of the same request. */
function changed(request: Record<string, unknown>): Record<string, unknown> {
  const [name, value] = Object.entries(request).find(([key]) => key !== "requestId") as [string, unknown];
  if (typeof value === "number") return { [name]: value + 1 };
  if (typeof value === "bigint") return { [name]: value + 1n };
  return { [name]: { ...(value as object), description: "Another." } };
}
