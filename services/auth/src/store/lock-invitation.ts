import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { KnownInvitation } from "../invitation.ts";
import { lockInvitation, type Named, readInvitation } from "./invitation-store.ts";
import type { Viewer } from "./membership-store.ts";
import { lockTeam } from "./team-store.ts";

/** Locks an invitation after its team, and says what the caller is to the team. Undefined where there is none. */
export async function lockKnownInvitation(
  tx: TransactionSql,
  named: Named,
  caller: Viewer,
): Promise<KnownInvitation | undefined> {
  const before = await readInvitation(tx, named);
  const found = before && (await lockTeam(tx, before.teamId, caller));
  const invitation = found && (await lockInvitation(tx, named));
  return found && invitation && { ...found, invitation };
}
