import { UserKind } from "@tessera/contracts/tessera/auth/v1/user_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import type { Candidate } from "./candidate.ts";

/**
 * Holds a person's row until the end of the transaction, so that nobody deletes the person meanwhile; `alone` also keeps out
 * who does the same. False for who is not a user. Locks are taken in this order: people, organisations, teams, and last
 * the versions of memberships.
 */
export async function lockUser(tx: TransactionSql, userId: bigint, { alone = false } = {}): Promise<boolean> {
  const rows = alone
    ? await tx`select from users where user_id = ${userId} and not deleted for no key update`
    : await tx`select from users where user_id = ${userId} and not deleted for share`;
  return rows.length > 0;
}

/** The same for somebody who is to become a member or a manager: says, too, whether that may be. */
export async function lockCandidate(tx: TransactionSql, userId: bigint): Promise<Candidate> {
  const [row] = await tx<{ admissible: boolean }[]>`
    select kind = ${UserKind.PERSON} and not blocked as admissible from users
    where user_id = ${userId} and not deleted for share`;
  return { userId, exists: row !== undefined, isAdmissible: row?.admissible ?? false };
}
