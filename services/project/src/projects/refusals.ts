import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

export function projectHasWork(projectId: number): Refusal {
  return refuse(Reason.PROJECT_HAS_WORK, { metadata: { project_id: String(projectId) } });
}

export function transferNotPermitted(projectId: number, organisationId: number | undefined): Refusal {
  const metadata = {
    project_id: String(projectId),
    ...(organisationId !== undefined && { organisation_id: String(organisationId) }),
  };
  return refuse(Reason.TRANSFER_NOT_PERMITTED, { metadata });
}
