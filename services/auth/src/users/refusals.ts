import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import {
  Reason as RpcReason,
  ReasonSchema as RpcReasonSchema,
} from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);
const refuseInWordsOfRpc = refusals(RpcReasonSchema);

/** The user is kept out until an administrator unblocks. */
export function userBlocked() {
  return refuseInWordsOfRpc(RpcReason.USER_BLOCKED);
}

/** Only administrators may. */
export function notAdministrator() {
  return refuse(Reason.NOT_ADMINISTRATOR);
}

/** The profile is another person's, or nobody's. */
export function profileNotOwn(userId: bigint) {
  return refuse(Reason.PROFILE_NOT_OWN, { metadata: { user_id: String(userId) } });
}

/** There is no such user, or not any more: the answer is the same. */
export function userNotFound(userId: bigint) {
  return refuse(Reason.USER_NOT_FOUND, { metadata: { user_id: String(userId) } });
}

/** The user is a service account, or kept out for now. It does not say which: only administrators see who is blocked. */
export function userNotAdmissible(userId: bigint) {
  return refuse(Reason.USER_NOT_ADMISSIBLE, { metadata: { user_id: String(userId) } });
}

/** The user is not at the revision that the caller expects. */
export function userChanged(expected: bigint, revision: bigint) {
  return refuse(Reason.USER_CHANGED, {
    metadata: { expected_revision: String(expected), revision: String(revision) },
  });
}

/** Nobody would be left who may administer the system. */
export function lastAdministrator() {
  return refuse(Reason.LAST_ADMINISTRATOR);
}

/** The caller would block themselves. */
export function ownBlock() {
  return refuse(Reason.OWN_BLOCK);
}

/** The user is blocked already. */
export function alreadyBlocked(userId: bigint) {
  return refuse(Reason.ALREADY_BLOCKED, { metadata: { user_id: String(userId) } });
}

/** The user is not blocked, or not there. */
export function blockNotFound(userId: bigint) {
  return refuse(Reason.BLOCK_NOT_FOUND, { metadata: { user_id: String(userId) } });
}

/** No such user was deleted. */
export function deletionNotFound(userId: bigint) {
  return refuse(Reason.DELETION_NOT_FOUND, { metadata: { user_id: String(userId) } });
}

/** No service of this name is known to keep anything about users. */
export function serviceUnknown(service: string) {
  return refuse(Reason.SERVICE_UNKNOWN, { metadata: { service } });
}

/** The account is changed in the settings only. */
export function serviceAccountDeployed(userId: bigint) {
  return refuse(Reason.SERVICE_ACCOUNT_DEPLOYED, { metadata: { user_id: String(userId) } });
}
