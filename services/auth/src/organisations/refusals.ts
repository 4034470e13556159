import { Reason, ReasonSchema } from "@tessera/contracts/tessera/auth/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

export function organisationNotFound(organisationId: number) {
  return refuse(Reason.ORGANISATION_NOT_FOUND, { metadata: { organisation_id: String(organisationId) } });
}

/** The caller is neither a manager of the organisation nor an administrator. */
export function notOrganisationManager(organisationId: number) {
  return refuse(Reason.NOT_ORGANISATION_MANAGER, { metadata: { organisation_id: String(organisationId) } });
}

export function organisationNameTaken(name: string) {
  return refuse(Reason.ORGANISATION_NAME_TAKEN, { metadata: { name } });
}

export function organisationSlugTaken(slug: string) {
  return refuse(Reason.ORGANISATION_SLUG_TAKEN, { metadata: { slug } });
}

export function organisationChanged(expectedRevision: bigint, revision: bigint) {
  return refuse(Reason.ORGANISATION_CHANGED, {
    metadata: { expected_revision: String(expectedRevision), revision: String(revision) },
  });
}

export function organisationHasTeams(organisationId: number) {
  return refuse(Reason.ORGANISATION_HAS_TEAMS, { metadata: { organisation_id: String(organisationId) } });
}

export function organisationManagerNotFound(organisationId: number, userId: bigint) {
  return refuse(Reason.ORGANISATION_MANAGER_NOT_FOUND, {
    metadata: { organisation_id: String(organisationId), user_id: String(userId) },
  });
}

export function organisationManagerLimitReached(limit: number) {
  return refuse(Reason.ORGANISATION_MANAGER_LIMIT_REACHED, { metadata: { limit: String(limit) } });
}

/** Of an organisation or of a team. */
export function lastManager(userId: bigint) {
  return refuse(Reason.LAST_MANAGER, { metadata: { user_id: String(userId) } });
}
