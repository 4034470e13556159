import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

export function favouriteNotFound(projectId: number): Refusal {
  return refuse(Reason.FAVOURITE_NOT_FOUND, { metadata: { project_id: String(projectId) } });
}
