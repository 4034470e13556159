import { ConnectError } from "@connectrpc/connect";
import { reasonFacts } from "@tessera/contracts/reason-facts.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalIn, refusalToError } from "@tessera/rpc/refusal-wire.ts";

const { name } = reasonFacts(ReasonSchema, Reason.PROJECT_NOT_FOUND);
const refuse = refusals(ReasonSchema);

/** There is no such project, or the caller may not see it: in the words of the project service. */
export function projectNotFound(projectId: number): ConnectError {
  return refusalToError(refuse(Reason.PROJECT_NOT_FOUND, { metadata: { project_id: String(projectId) } }));
}

/** Whether the project service said so. */
export function isProjectNotFound(error: unknown): boolean {
  return error instanceof ConnectError && refusalIn(error)?.reason.name === name;
}
