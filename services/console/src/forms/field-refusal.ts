import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/** Refuses what was typed into one field, in words of the reader's language, where no service can be asked. */
export function fieldRefusal(field: string, description: string) {
  return refuse(Reason.FIELD_INVALID, { violations: [{ field, description, rule: "console" }] });
}
