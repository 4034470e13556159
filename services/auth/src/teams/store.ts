import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  MemberFunction,
  type Team,
  type TeamPurpose,
  TeamSchema,
} from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent } from "../event-store.ts";
import { isKnownTo, type Viewer } from "../memberships/store.ts";
import { visibilityWord } from "../memberships/visibility-word.ts";
import { nameKey } from "../names.ts";
import { administers } from "../users/store.ts";
import type { KnownTeam, Standing, TeamSettings } from "./team.ts";

/** What is stored of teams. */
export function teamStore(sql: Sql) {
  return {
    /** Undefined for a team that is not there, or that the viewer may not know of. */
    async find(teamId: number, viewer: Viewer): Promise<Team | undefined> {
      const [row] = await sql<TeamRow[]>`
        select ${teamColumns(sql)} from teams t where t.team_id = ${teamId} and ${isKnownTo(sql, viewer)}`;
      return row && teamOf(row);
    },

    /** The teams found, in the order of the ids; those that the viewer may not know of are left out. */
    async findMany(teamIds: readonly number[], viewer: Viewer): Promise<Team[]> {
      const rows = await sql<TeamRow[]>`
        select ${teamColumns(sql)}
        from unnest(${[...teamIds]}::integer[]) with ordinality as asked (team_id, place)
        join teams t on t.team_id = asked.team_id
        where ${isKnownTo(sql, viewer)}
        order by asked.place`;
      return rows.map(teamOf);
    },

    /** A team, and what somebody is to it: for a query. */
    findWithStanding: (teamId: number, caller: Viewer): Promise<KnownTeam | undefined> =>
      readTeam(sql, teamId, caller),

    /** By number, those that come after one of them. */
    async list(
      viewer: Viewer,
      filter: { query: string; organisationId?: number | undefined; purpose: TeamPurpose },
      page: { after: number; most: number },
    ): Promise<Team[]> {
      const { query, organisationId, purpose } = filter;
      const rows = await sql<TeamRow[]>`
        select ${teamColumns(sql)} from teams t
        where t.team_id > ${page.after} and ${isKnownTo(sql, viewer)}
          ${organisationId === undefined ? sql`` : sql`and t.organisation_id = ${organisationId}`}
          and (${purpose}::smallint = 0 or ${purpose}::smallint = any(t.purposes))
          and strpos(t.name_key, ${nameKey(query)}) > 0
        order by t.team_id limit ${page.most}`;
      return rows.map(teamOf);
    },
  };
}

/** Locks a team, and says what the caller is to it. Undefined where there is none. */
export async function lockTeam(
  tx: TransactionSql,
  teamId: number,
  caller: Viewer,
): Promise<KnownTeam | undefined> {
  await tx`select from teams where team_id = ${teamId} for update`;
  // A statement of its own, which sees what those did who held the lock before. Also if there is no team, so that the
  // time of the answer does not reveal a private one.
  return readTeam(tx, teamId, caller);
}

/** The organisation of the team; 0 if there is no team. A team stays with its organisation. */
export async function organisationOfTeam(tx: TransactionSql, teamId: number): Promise<number> {
  const [row] = await tx<{ organisation_id: number }[]>`
    select organisation_id from teams where team_id = ${teamId}`;
  return row?.organisation_id ?? 0;
}

/** Adds a team. Returns its number. */
export async function insertTeam(tx: TransactionSql, settings: TeamSettings, now: Date): Promise<number> {
  const { organisationId, name, description, visibility, joinMethod, purposes } = settings;
  const [row] = await tx<{ team_id: number }[]>`
    insert into teams (organisation_id, name, name_key, description, visibility, join_method, purposes, create_time,
      update_time)
    values (${organisationId}, ${name}, ${nameKey(name)}, ${description}, ${visibility}, ${joinMethod},
      ${[...purposes]}::smallint[], ${now}, ${now})
    returning team_id`;
  return (row as { team_id: number }).team_id;
}

/** Writes the settings of a locked team. Returns the new revision. */
export async function updateTeamRow(
  tx: TransactionSql,
  teamId: number,
  { name, description, visibility, joinMethod, purposes }: TeamSettings,
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update teams set name = ${name}, name_key = ${nameKey(name)}, description = ${description},
      visibility = ${visibility}, join_method = ${joinMethod}, purposes = ${[...purposes]}::smallint[],
      update_time = ${now}, revision = revision + 1
    where team_id = ${teamId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Deletes a team with all that belongs to it. Returns its members. */
export async function deleteTeamRow(tx: TransactionSql, teamId: number): Promise<bigint[]> {
  const members = await tx<{ user_id: bigint }[]>`
    delete from team_members where team_id = ${teamId} returning user_id`;
  await tx`delete from teams where team_id = ${teamId}`;
  return members.map((it) => it.user_id);
}

/** Records what happened to a team. */
export async function appendTeamEvent(
  sql: Sql | TransactionSql,
  kind: AuthEventKind,
  team: Pick<Team, "teamId" | "organisationId" | "visibility">,
  by: { userId: bigint; clientId: string },
  concerns: { userId?: bigint | undefined; details?: Record<string, string> } = {},
): Promise<void> {
  const { teamId, organisationId, visibility } = team;
  const { userId = 0n, details = {} } = concerns;
  await appendEvent(sql, {
    kind,
    actor: by.userId,
    clientId: by.clientId,
    userId,
    organisationId,
    teamId,
    details: { ...details, visibility: visibilityWord(visibility) },
  });
}

async function readTeam(
  sql: Sql | TransactionSql,
  teamId: number,
  caller: Viewer,
): Promise<KnownTeam | undefined> {
  const { userId } = caller;
  const [row] = await sql<(TeamRow & Standing)[]>`
    select ${teamColumns(sql)}, ${administers(sql, caller)} as administrator,
      exists (select from organisation_managers o
        where o.organisation_id = t.organisation_id and o.user_id = ${userId}) as "organisationManager",
      coalesce((select m.function from team_members m where m.team_id = t.team_id and m.user_id = ${userId}),
        ${MemberFunction.UNSPECIFIED}::smallint) as function
    from teams t where t.team_id = ${teamId}`;
  if (row === undefined) return undefined;
  const { administrator, organisationManager, function: is, ...team } = row;
  return { team: teamOf(team), standing: { administrator, organisationManager, function: is } };
}

interface TeamRow extends TeamSettings {
  teamId: number;
  memberCount: number;
  createTime: Date;
  updateTime: Date;
  revision: bigint;
}

function teamColumns(sql: Sql | TransactionSql) {
  return sql`
    t.team_id as "teamId", t.organisation_id as "organisationId", t.name, t.description, t.visibility,
    t.join_method as "joinMethod", t.purposes, t.create_time as "createTime", t.update_time as "updateTime", t.revision,
    (select count(*)::integer from team_members m where m.team_id = t.team_id) as "memberCount"`;
}

function teamOf({ createTime, updateTime, ...row }: TeamRow): Team {
  return create(TeamSchema, {
    ...row,
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  });
}
