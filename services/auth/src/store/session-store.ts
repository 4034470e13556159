import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type Session, SessionSchema } from "@tessera/contracts/tessera/auth/v1/session_pb.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import type { Outcome, RequestKey } from "@tessera/postgres/requests.ts";
import type { Person } from "../person.ts";
import type { StoredSession } from "../session-token.ts";

/** What a new session is made of, beside the person and the moment. */
export interface SessionDraft {
  sessionId: string;
  tokenId: string;
  kid: string;
  lifetimeSeconds: number;
}

/** What is stored of sessions. */
export function sessionStore(sql: Sql) {
  return {
    /** Undefined for a session that is not there, or not this user's. */
    async find(sessionId: string, userId: bigint): Promise<Session | undefined> {
      const [row] = await sql<StoredSession[]>`
        select ${sessionColumns(sql)} from sessions where session_id = ${sessionId} and user_id = ${userId}`;
      return row && sessionOf(row);
    },

    /** A session that a remembered request made. */
    async read(sessionId: string): Promise<StoredSession> {
      const [row] = await sql<StoredSession[]>`
        select ${sessionColumns(sql)} from sessions where session_id = ${sessionId}`;
      if (row === undefined) throw new Error(`the session ${sessionId} is remembered and gone`);
      return row;
    },

    add: (
      key: RequestKey,
      outcome: Pick<Outcome, "name" | "revision">,
      person: Person,
      draft: SessionDraft,
    ) => addSession(sql, key, outcome, person, draft),
  };
}

/**
 * Signs somebody in, and makes a user of who comes for the first time. Undefined when the request took effect meanwhile.
 *
 * The request is inserted first and all else is selected from it. Of two who come for the first time under one name, the
 * second waits for the first and gets that user, which its own snapshot cannot see: hence the update that changes nothing.
 */
async function addSession(
  sql: Sql,
  { projectId, caller, requestId, digest }: RequestKey,
  { name, revision }: Pick<Outcome, "name" | "revision">,
  { identityProvider, subject, name: personName, systemRole, mappingLevel }: Person,
  { sessionId, tokenId, kid, lifetimeSeconds }: SessionDraft,
): Promise<StoredSession | undefined> {
  const [row] = await sql<StoredSession[]>`
    with request as (
      insert into remembered_requests
        (project_id, caller, request_id, digest, name, revision, commit_time, response)
      values (${projectId}, ${caller}, ${requestId}, ${digest}, ${name}, ${revision},
        date_trunc('milliseconds', clock_timestamp()), '')
      on conflict do nothing
      returning commit_time
    ), known as (
      select user_id, token_version from users where identity_provider = ${identityProvider} and subject = ${subject}
    ), newcomer as (
      insert into users (identity_provider, subject, name, system_role, mapping_level)
      select ${identityProvider}::text, ${subject}::text, ${personName}::text, ${systemRole}::smallint, ${mappingLevel}::smallint
      from request where not exists (select from known)
      on conflict (identity_provider, subject) do update set subject = excluded.subject
      returning user_id, token_version
    )
    insert into sessions (session_id, user_id, token_version, token_id, kid, create_time, expire_time)
    select ${sessionId}::uuid, user_id, token_version, ${tokenId}::uuid, ${kid}::text, commit_time,
      date_trunc('second', commit_time) + make_interval(secs => ${lifetimeSeconds})
    from request, (
      select user_id, token_version from known union all select user_id, token_version from newcomer) as person
    returning ${sessionColumns(sql)}`;
  return row;
}

function sessionColumns(sql: Sql) {
  return sql`
    session_id as "sessionId", user_id as "userId", token_version as "tokenVersion", token_id as "tokenId", kid,
    create_time as "createTime", expire_time as "expireTime"`;
}

function sessionOf({ sessionId, userId, createTime, expireTime }: StoredSession): Session {
  return create(SessionSchema, {
    sessionId,
    userId,
    createTime: timestampFromDate(createTime),
    expireTime: timestampFromDate(expireTime),
    revision: 1n,
  });
}
