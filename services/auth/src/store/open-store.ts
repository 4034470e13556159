import type { DescMessage } from "@bufbuild/protobuf";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type RequestKey, recall } from "@tessera/postgres/requests.ts";
import { type Command, runCommand } from "@tessera/postgres/run-command.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { deletionStore } from "./deletion-store.ts";
import { eventStore } from "./event-store.ts";
import { invitationStore } from "./invitation-store.ts";
import { isAdministrator } from "./is-administrator.ts";
import { joinRequestStore } from "./join-request-store.ts";
import { keyStore } from "./key-store.ts";
import { limitTable } from "./limit-store.ts";
import { membershipStore } from "./membership-store.ts";
import { organisationStore } from "./organisation-store.ts";
import { personalAccessTokenStore } from "./personal-access-token-store.ts";
import { revocationStore } from "./revocation-store.ts";
import { serviceAccountStore } from "./service-account-store.ts";
import { sessionStore } from "./session-store.ts";
import { signInStore } from "./sign-in-store.ts";
import { teamMemberStore } from "./team-member-store.ts";
import { teamStore } from "./team-store.ts";
import { userStore } from "./user-store.ts";
import { workStore } from "./work-store.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of the auth service, by noun. */
export function openStore(sql: Sql) {
  return {
    recall: (key: RequestKey) => recall(sql, key),
    /** Runs a command in one transaction. */
    command: <I extends DescMessage, O extends DescMessage>(command: Command<I, O>) =>
      runCommand(sql, command),
    /** Runs `work` in a transaction. */
    begin: <T>(work: (tx: TransactionSql) => Promise<T>) => sql.begin(work),
    isAdministrator: (caller: Pick<Caller, "userId" | "scopes">) => isAdministrator(sql, caller),
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
