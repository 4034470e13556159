import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

export function licenceNotFound(licenceId: number): Refusal {
  return refuse(Reason.LICENCE_NOT_FOUND, { metadata: { licence_id: String(licenceId) } });
}

export function licenceNameTaken(name: string): Refusal {
  return refuse(Reason.LICENCE_NAME_TAKEN, { metadata: { name } });
}

export function licenceChanged(expectedRevision: bigint, revision: bigint): Refusal {
  const metadata = { expected_revision: String(expectedRevision), revision: String(revision) };
  return refuse(Reason.LICENCE_CHANGED, { metadata });
}

export function licenceInUse(licenceId: number): Refusal {
  return refuse(Reason.LICENCE_IN_USE, { metadata: { licence_id: String(licenceId) } });
}

export function licenceAcceptanceNotFound(licenceId: number): Refusal {
  return refuse(Reason.LICENCE_ACCEPTANCE_NOT_FOUND, { metadata: { licence_id: String(licenceId) } });
}
