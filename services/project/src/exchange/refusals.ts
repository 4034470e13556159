import { Reason, ReasonSchema } from "@tessera/contracts/tessera/project/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** `field` is the path in the document; "" for all of it. */
export function documentInvalid(field: string, description: string): Refusal {
  return refuse(Reason.DOCUMENT_INVALID, {
    metadata: { field },
    violations: [{ field: field || "document", description, rule: "document" }],
    detail: `${field || "the document"} ${description}`,
  });
}
