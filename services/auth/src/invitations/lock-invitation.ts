import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Viewer } from "../memberships/store.ts";
import { lockTeam } from "../teams/store.ts";
import type { KnownInvitation } from "./invitation.ts";
import { lockInvitation, type Named, readInvitation } from "./store.ts";

/** The number of no team. */
const NO_TEAM = 0;

/** Locks an invitation after its team, and says what the caller is to the team. Undefined where there is none. */
export async function lockKnownInvitation(
  tx: TransactionSql,
  named: Named,
  caller: Viewer,
): Promise<KnownInvitation | undefined> {
  // All of it also where there is none: how long the answer takes does not tell.
  const before = await readInvitation(tx, named);
  const found = await lockTeam(tx, before?.teamId ?? NO_TEAM, caller);
  const invitation = await lockInvitation(tx, named);
  return found && invitation && { ...found, invitation };
}
