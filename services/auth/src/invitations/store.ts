import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import {
  type Invitation,
  InvitationSchema,
  InvitationState,
} from "@tessera/contracts/tessera/auth/v1/invitation_pb.ts";
import type { TeamVisibility } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import type { Viewer } from "../memberships/store.ts";
import { appendTeamEvent, lockTeam } from "../teams/store.ts";
import type { KnownInvitation } from "./invitation.ts";

/** For how many days closed ones are kept. */
const KEPT_DAYS = 90;
/** The most rows closed or deleted in one statement. */
const FORGOTTEN_MAX = 1_000;

/** The number of no team. */
const NO_TEAM = 0;
/** The service itself. */
const NOBODY = { userId: 0n, clientId: "" };

/** Which invitation is meant: by its number, or by the hash of its token. */
export type Named = { invitationId: bigint } | { tokenHash: Buffer };

/** What is stored of invitations. */
export function invitationStore(sql: Sql) {
  return {
    find: (invitationId: bigint): Promise<Invitation | undefined> => readInvitation(sql, { invitationId }),

    /** The newest first, those that come after one of them; `after` is 0n for the first page. */
    async list(
      of: { teamId?: number; userId?: bigint },
      filter: { state: InvitationState },
      page: { after: bigint; most: number },
    ): Promise<Invitation[]> {
      const visible =
        of.teamId === undefined ? sql`i.user_id = ${of.userId ?? 0n}` : sql`i.team_id = ${of.teamId}`;
      const rows = await sql<InvitationRow[]>`
        select ${invitationColumns(sql)} from invitations i join teams t on t.team_id = i.team_id
        where ${visible} and (${page.after} = 0::bigint or i.invitation_id < ${page.after})
          and (${filter.state}::smallint = 0 or ${state(sql)} = ${filter.state}::smallint)
        order by i.invitation_id desc limit ${page.most}`;
      return rows.map(invitationOf);
    },
  };
}

/** The invitation as it is now. */
export async function readInvitation(
  sql: Sql | TransactionSql,
  named: Named,
): Promise<Invitation | undefined> {
  const [row] = await sql<InvitationRow[]>`
    select ${invitationColumns(sql)} from invitations i join teams t on t.team_id = i.team_id
    where ${isNamed(sql, named)}`;
  return row && invitationOf(row);
}

/** Locks an invitation after its team, and reads what the caller is to the team. Undefined if there is none. */
export async function lockKnownInvitation(
  tx: TransactionSql,
  named: Named,
  caller: Viewer,
): Promise<KnownInvitation | undefined> {
  // All of it also if there is none, so that the time of the answer reveals nothing.
  const before = await readInvitation(tx, named);
  const found = await lockTeam(tx, before?.teamId ?? NO_TEAM, caller);
  const [row] = await tx<InvitationRow[]>`
    select ${invitationColumns(tx)} from invitations i join teams t on t.team_id = i.team_id
    where ${isNamed(tx, named)} for update of i`;
  return found && row && { ...found, invitation: invitationOf(row) };
}

function isNamed(sql: Sql | TransactionSql, named: Named) {
  return "tokenHash" in named
    ? sql`i.token_hash = ${named.tokenHash}`
    : sql`i.invitation_id = ${named.invitationId}`;
}

/** Of a locked team: the person's open invitation, and how many are open in all. */
export async function readOpenInvitations(
  tx: TransactionSql,
  teamId: number,
  userId: bigint,
): Promise<{ openHere: bigint | undefined; open: number }> {
  const [row] = await tx<{ open_here: bigint | null; open: number }[]>`
    select max(invitation_id) filter (where user_id = ${userId}) as open_here, count(*)::integer as open
    from invitations i where team_id = ${teamId} and ${state(tx)} = ${InvitationState.OPEN}`;
  return { openHere: row?.open_here ?? undefined, open: row?.open ?? 0 };
}

/** What a new invitation is made of. */
export interface InvitationDraft {
  teamId: number;
  /** 0n for an invitation that is accepted by its token. */
  userId: bigint;
  /** Undefined if a user is named. */
  tokenHash: Buffer | undefined;
  message: string;
  invitedBy: bigint;
  lifetimeSeconds: number;
}

/** Adds an open invitation. Returns its number. */
export async function insertInvitation(
  tx: TransactionSql,
  { teamId, userId, tokenHash, message, invitedBy, lifetimeSeconds }: InvitationDraft,
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ invitation_id: bigint }[]>`
    insert into invitations (team_id, user_id, token_hash, message, state, invited_by, create_time, expire_time,
      update_time)
    values (${teamId}, ${userId || null}, ${tokenHash ?? null}, ${message}, ${InvitationState.OPEN}, ${invitedBy},
      ${now}, ${now}::timestamptz + make_interval(secs => ${lifetimeSeconds}), ${now})
    returning invitation_id`;
  return (row as { invitation_id: bigint }).invitation_id;
}

/** Writes what became of an invitation. Returns the new revision. */
export async function closeInvitation(
  tx: TransactionSql,
  invitationId: bigint,
  to: { state: InvitationState; acceptedBy?: bigint },
  now: Date,
): Promise<bigint> {
  const [row] = await tx<{ revision: bigint }[]>`
    update invitations set state = ${to.state}, accepted_by = ${to.acceptedBy ?? 0n}, update_time = ${now},
      revision = revision + 1
    where invitation_id = ${invitationId} returning revision`;
  return (row as { revision: bigint }).revision;
}

/** Records that some invitations have expired, each with its event. Returns how many. */
export function expireInvitations(sql: Sql): Promise<number> {
  return sql.begin(async (tx) => {
    const expired = await tx<
      {
        invitation_id: bigint;
        user_id: bigint | null;
        teamId: number;
        organisationId: number;
        visibility: TeamVisibility;
      }[]
    >`
      update invitations i set state = ${InvitationState.EXPIRED}, update_time = i.expire_time, revision = i.revision + 1
      from teams t
      where t.team_id = i.team_id and i.invitation_id in (
        select invitation_id from invitations
        where state = ${InvitationState.OPEN} and expire_time <= clock_timestamp()
        order by invitation_id limit ${FORGOTTEN_MAX} for update skip locked)
      returning i.invitation_id, i.user_id, t.team_id as "teamId", t.organisation_id as "organisationId", t.visibility`;
    for (const { invitation_id, user_id, ...team } of expired) {
      const details = { invitation_id: String(invitation_id) };
      const concerns = { userId: user_id ?? undefined, details };
      await appendTeamEvent(tx, AuthEventKind.INVITATION_EXPIRED, team, NOBODY, concerns);
    }
    return expired.length;
  });
}

/** Forgets some of the invitations that were closed long ago. Returns how many. */
export async function forgetInvitations(sql: Sql): Promise<number> {
  const { count } = await sql`
    delete from invitations where invitation_id in (
      select invitation_id from invitations
      where state <> ${InvitationState.OPEN} and update_time < now() - make_interval(days => ${KEPT_DAYS})
      limit ${FORGOTTEN_MAX})`;
  return count;
}

interface InvitationRow {
  invitationId: bigint;
  teamId: number;
  teamName: string;
  userId: bigint | null;
  message: string;
  state: InvitationState;
  invitedByUserId: bigint;
  acceptedByUserId: bigint | null;
  createTime: Date;
  expireTime: Date;
  updateTime: Date;
  revision: bigint;
}

/** The state at this moment, whether or not somebody has written down that the time is over. */
function state(sql: Sql | TransactionSql) {
  return sql`(case when i.state = ${InvitationState.OPEN} and i.expire_time <= clock_timestamp()
    then ${InvitationState.EXPIRED}::smallint else i.state end)`;
}

function invitationColumns(sql: Sql | TransactionSql) {
  return sql`
    i.invitation_id as "invitationId", i.team_id as "teamId", t.name as "teamName", i.user_id as "userId",
    i.message, ${state(sql)} as state, i.invited_by as "invitedByUserId", nullif(i.accepted_by, 0) as "acceptedByUserId",
    i.create_time as "createTime", i.expire_time as "expireTime", i.update_time as "updateTime", i.revision`;
}

function invitationOf(stored: InvitationRow): Invitation {
  const { userId, acceptedByUserId, createTime, expireTime, updateTime, ...row } = stored;
  return create(InvitationSchema, {
    ...row,
    ...(userId !== null && { userId }),
    ...(acceptedByUserId !== null && { acceptedByUserId }),
    createTime: timestampFromDate(createTime),
    expireTime: timestampFromDate(expireTime),
    updateTime: timestampFromDate(updateTime),
  });
}
