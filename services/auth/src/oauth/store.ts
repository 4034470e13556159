import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { MappingLevel, SystemRole } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { appendEvent } from "../event-store.ts";
import type { UpstreamPerson } from "../upstream/user-document.ts";
import { makeAdministrator } from "../users/administrator-store.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";

/** How long a person may take at the identity provider. */
const SIGN_IN_SECONDS = 600;
/** How long a code is valid. */
const CODE_SECONDS = 60;
/** How long a code is kept after that, to detect its second use. */
const CODE_REMEMBERED_SECONDS = 3_600;
/** What is swept by one statement at most. */
const SWEPT_MAX = 5_000;

/** What names a sign-in under way: neither is stored as it is. */
export interface SignInKey {
  stateHash: Buffer;
  browserHash: Buffer;
}

/** Somebody who came back from an identity provider. */
export interface ArrivedPerson extends UpstreamPerson {
  provider: string;
  /** Whether the settings name this person as an administrator. */
  isAdministrator: boolean;
}

/** A person who is let in with a code, or why not. */
export type Admitted = "admitted" | "blocked" | "gone";

/** A code as it was found when it was presented. */
export interface PresentedCode extends Omit<AuthorizationRequest, "clientState"> {
  userId: bigint;
  /** The moment of the command, by the database's clock. */
  now: Date;
  state: "fresh" | "expired" | "used";
  /** The session that its first use made. */
  sessionId: string | null;
}

/** What is stored of sign-ins with an identity provider. */
export function signInStore(sql: Sql) {
  return {
    async begin({ stateHash, browserHash }: SignInKey, request: AuthorizationRequest): Promise<void> {
      const { clientId, redirectUri, clientState, codeChallenge, scopes } = request;
      await sql`
        insert into sign_ins
          (state_hash, browser_hash, client_id, redirect_uri, client_state, code_challenge, scopes, expire_time)
        values (${stateHash}, ${browserHash}, ${clientId}, ${redirectUri}, ${clientState}, ${codeChallenge}, ${scopes},
          clock_timestamp() + make_interval(secs => ${SIGN_IN_SECONDS}))`;
    },

    /** Takes a sign-in away, so that nobody else finds it; undefined where there is none for this browser. */
    async take({
      stateHash,
      browserHash,
    }: SignInKey): Promise<(AuthorizationRequest & { expired: boolean }) | undefined> {
      const [row] = await sql<(AuthorizationRequest & { expired: boolean })[]>`
        delete from sign_ins where state_hash = ${stateHash} and browser_hash = ${browserHash}
        returning client_id as "clientId", redirect_uri as "redirectUri", client_state as "clientState",
          code_challenge as "codeChallenge", scopes, expire_time <= clock_timestamp() as expired`;
      return row;
    },

    /** Lets in who came back, who may be new here, and keeps the code that the client will present. */
    admit: (person: ArrivedPerson, request: AuthorizationRequest, codeHash: Buffer) =>
      sql.begin((tx) => admit(tx, person, request, codeHash)),

    /** Writes down that somebody came back and was not let in. */
    fail: (provider: string, clientId: string, reason: string) =>
      appendEvent(sql, {
        kind: AuthEventKind.SIGN_IN_FAILED,
        actor: 0n,
        clientId,
        details: { provider, reason },
      }),

    /** Deletes abandoned sign-ins; returns how many. */
    forgetSignIns: async () =>
      (
        await sql`
        delete from sign_ins where state_hash in (
          select state_hash from sign_ins where expire_time < clock_timestamp() - interval '1 hour' limit ${SWEPT_MAX})`
      ).count,

    /** Deletes codes that are too old to detect; returns how many. */
    forgetCodes: async () =>
      (
        await sql`
        delete from authorization_codes where code_hash in (
          select code_hash from authorization_codes
          where expire_time < clock_timestamp() - make_interval(secs => ${CODE_REMEMBERED_SECONDS})
          limit ${SWEPT_MAX})`
      ).count,
  };
}

async function admit(
  tx: TransactionSql,
  { provider, subject, name, isAdministrator }: ArrivedPerson,
  { clientId, redirectUri, codeChallenge, scopes }: AuthorizationRequest,
  codeHash: Buffer,
): Promise<Admitted> {
  const { MAPPER } = SystemRole;
  const { BEGINNER } = MappingLevel;
  const [user] = await tx<{ userId: bigint; systemRole: SystemRole; blocked: boolean; deleted: boolean }[]>`
    insert into users as known (identity_provider, subject, name, system_role, mapping_level)
    values (${provider}, ${subject}, ${name}, ${MAPPER}, ${BEGINNER})
    on conflict (identity_provider, subject) do update
    set name = case when known.deleted then known.name else excluded.name end,
      revision = known.revision + case when known.deleted or known.name = excluded.name then 0 else 1 end
    returning user_id as "userId", system_role as "systemRole", blocked, deleted`;
  if (user === undefined) throw new Error("a user who is inserted or updated is answered");
  const { userId, blocked, deleted } = user;
  if (blocked || deleted) {
    const details = { provider, reason: "USER_BLOCKED" };
    await appendEvent(tx, { kind: AuthEventKind.SIGN_IN_FAILED, actor: 0n, clientId, userId, details });
    return deleted ? "gone" : "blocked";
  }
  if (isAdministrator) await makeAdministrator(tx, user, "ADMINISTRATORS");
  await tx`
    insert into authorization_codes (code_hash, user_id, client_id, redirect_uri, code_challenge, scopes, expire_time)
    values (${codeHash}, ${userId}, ${clientId}, ${redirectUri}, ${codeChallenge}, ${scopes},
      clock_timestamp() + make_interval(secs => ${CODE_SECONDS}))`;
  await appendEvent(tx, {
    kind: AuthEventKind.SIGNED_IN,
    actor: userId,
    clientId,
    userId,
    details: { provider },
  });
  return "admitted";
}

/**
 * Marks a code as presented, and returns what it was before; undefined for an unknown code. A second one waits for
 * the first.
 */
export async function presentCode(tx: TransactionSql, codeHash: Buffer): Promise<PresentedCode | undefined> {
  const [row] = await tx<PresentedCode[]>`
    select user_id as "userId", client_id as "clientId", redirect_uri as "redirectUri",
      code_challenge as "codeChallenge", scopes, session_id as "sessionId",
      case when use_time is not null then 'used' when expire_time <= clock_timestamp() then 'expired' else 'fresh' end
        as state, date_trunc('milliseconds', clock_timestamp()) as now
    from authorization_codes where code_hash = ${codeHash} for update`;
  if (row?.state === "fresh")
    await tx`update authorization_codes set use_time = clock_timestamp() where code_hash = ${codeHash}`;
  return row;
}

/** Remembers which session a code has made. */
export async function rememberSession(
  tx: TransactionSql,
  codeHash: Buffer,
  sessionId: string,
): Promise<void> {
  await tx`update authorization_codes set session_id = ${sessionId} where code_hash = ${codeHash}`;
}
