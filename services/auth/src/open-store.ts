import type { DescMessage } from "@bufbuild/protobuf";
import type { Answer, Attempt } from "@tessera/postgres/command.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { replayIfDone, writeOnce as writeInOne } from "@tessera/postgres/write-once.ts";
import { deletionStore } from "./deletions/store.ts";
import { eventStore } from "./events/store.ts";
import { invitationStore } from "./invitations/store.ts";
import { joinRequestStore } from "./join-requests/store.ts";
import { workStore } from "./levels/store.ts";
import { limitTable } from "./limits/store.ts";
import { membershipStore } from "./memberships/store.ts";
import { signInStore } from "./oauth/store.ts";
import { organisationStore } from "./organisations/store.ts";
import { personalAccessTokenStore } from "./personal-access-tokens/store.ts";
import { revocationStore } from "./revocations/store.ts";
import { serviceAccountStore } from "./service-accounts/store.ts";
import { sessionStore } from "./sessions/store.ts";
import { keyStore } from "./signing-keys/store.ts";
import { teamMemberStore } from "./teams/member-store.ts";
import { teamStore } from "./teams/store.ts";
import { isAdministrator, type ScopedUser, userStore } from "./users/store.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of the auth service, by noun. */
export function openStore(sql: Sql) {
  return {
    /** Ends a command here if its request took effect before. */
    replayIfDone: <O extends DescMessage>(attempt: Attempt<O>) => replayIfDone(sql, attempt),
    /** Writes a command in one transaction; undefined, with nothing written, if a twin was quicker. */
    write: <O extends DescMessage>(
      attempt: Attempt<O>,
      work: (tx: TransactionSql, now: Date) => Promise<Answer<O>>,
    ) => writeInOne(sql, attempt, work),
    /** Runs `work` in a transaction. */
    begin: <T>(work: (tx: TransactionSql) => Promise<T>) => sql.begin(work),
    isAdministrator: (caller: ScopedUser) => isAdministrator(sql, caller),
    keys: keyStore(sql),
    sessions: sessionStore(sql),
    signIns: signInStore(sql),
    spentLimits: limitTable(sql),
    revocations: revocationStore(sql),
    serviceAccounts: serviceAccountStore(sql),
    personalAccessTokens: personalAccessTokenStore(sql),
    users: userStore(sql),
    organisations: organisationStore(sql),
    teams: teamStore(sql),
    teamMembers: teamMemberStore(sql),
    joinRequests: joinRequestStore(sql),
    invitations: invitationStore(sql),
    memberships: membershipStore(sql),
    deletions: deletionStore(sql),
    events: eventStore(sql),
    work: workStore(sql),
  };
}
