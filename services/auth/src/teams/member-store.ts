import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  MemberFunction,
  MemberFunctionSchema,
  type Team,
  type TeamMember,
  TeamMemberSchema,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { enumWord } from "../enum-word.ts";
import { raiseMembershipVersions } from "../memberships/store.ts";
import { appendTeamEvent } from "./store.ts";
import type { Subject } from "./team-member.ts";

/** What is stored of who is in a team. */
export function teamMemberStore(sql: Sql) {
  return {
    async find(teamId: number, userId: bigint): Promise<TeamMember | undefined> {
      const [row] = await sql<MemberRow[]>`
        select ${memberColumns(sql)} from team_members where team_id = ${teamId} and user_id = ${userId}`;
      return row && memberOf(row);
    },

    /** By user, those that come after one of them. */
    async list(
      teamId: number,
      filter: { function: MemberFunction },
      page: { after: bigint; most: number },
    ): Promise<TeamMember[]> {
      const rows = await sql<MemberRow[]>`
        select ${memberColumns(sql)} from team_members
        where team_id = ${teamId} and user_id > ${page.after}
          and (${filter.function}::smallint = 0 or function = ${filter.function}::smallint)
        order by user_id limit ${page.most}`;
      return rows.map(memberOf);
    },
  };
}

/** Reads what a user is in a locked team, and how many others manage it. */
export async function readSubject(
  tx: TransactionSql,
  teamId: number,
  userId: bigint,
): Promise<Pick<Subject, "function" | "otherManagers"> & { revision: bigint }> {
  const [row] = await tx<{ function: MemberFunction; revision: bigint; otherManagers: number }[]>`
    select coalesce(max(function) filter (where user_id = ${userId}), 0)::smallint as function,
      coalesce(max(revision) filter (where user_id = ${userId}), 0) as revision,
      (count(*) filter (where user_id <> ${userId} and function = ${MemberFunction.MANAGER}))::integer as "otherManagers"
    from team_members
    where team_id = ${teamId} and (user_id = ${userId} or function = ${MemberFunction.MANAGER})`;
  return row as { function: MemberFunction; revision: bigint; otherManagers: number };
}

/** Makes a user a member of a locked team, with its event. Returns the first revision. */
export async function insertMember(
  tx: TransactionSql,
  team: Pick<Team, "teamId" | "organisationId" | "visibility">,
  member: { userId: bigint; function: MemberFunction },
  by: { userId: bigint; clientId: string },
  now: Date,
): Promise<bigint> {
  const { userId, function: is } = member;
  await tx`
    insert into team_members (team_id, user_id, function, create_time)
    values (${team.teamId}, ${userId}, ${is}, ${now})`;
  const details = { function: enumWord(MemberFunctionSchema, is) };
  await appendTeamEvent(tx, AuthEventKind.TEAM_MEMBER_ADDED, team, by, { userId, details });
  await raiseMembershipVersions(tx, [userId]);
  return 1n;
}

/** Gives a member of a locked team another function, with its event. Returns the new revision. */
export async function updateMember(
  tx: TransactionSql,
  team: Pick<Team, "teamId" | "organisationId" | "visibility">,
  member: { userId: bigint; function: MemberFunction },
  by: { userId: bigint; clientId: string },
): Promise<bigint> {
  const { userId, function: is } = member;
  const [row] = await tx<{ revision: bigint }[]>`
    update team_members set function = ${is}, revision = revision + 1
    where team_id = ${team.teamId} and user_id = ${userId} returning revision`;
  const details = { function: enumWord(MemberFunctionSchema, is) };
  await appendTeamEvent(tx, AuthEventKind.TEAM_MEMBER_CHANGED, team, by, { userId, details });
  await raiseMembershipVersions(tx, [userId]);
  return (row as { revision: bigint }).revision;
}

/** Removes a member from a locked team, with its event. */
export async function deleteMember(
  tx: TransactionSql,
  team: Pick<Team, "teamId" | "organisationId" | "visibility">,
  userId: bigint,
  by: { userId: bigint; clientId: string },
): Promise<void> {
  await tx`delete from team_members where team_id = ${team.teamId} and user_id = ${userId}`;
  await appendTeamEvent(tx, AuthEventKind.TEAM_MEMBER_REMOVED, team, by, { userId });
  await raiseMembershipVersions(tx, [userId]);
}

interface MemberRow {
  teamId: number;
  userId: bigint;
  function: MemberFunction;
  createTime: Date;
  revision: bigint;
}

function memberColumns(sql: Sql) {
  return sql`team_id as "teamId", user_id as "userId", function, create_time as "createTime", revision`;
}

function memberOf({ createTime, ...row }: MemberRow): TeamMember {
  return create(TeamMemberSchema, { ...row, createTime: timestampFromDate(createTime) });
}
