import type { OperationError } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/task/v1/reason_pb.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { refusalAlert } from "../forms/refusal-alert.ts";
import { type Content, html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { OPERATION_TEXTS } from "./texts.ts";

const refuse = refusals(ReasonSchema);

/** Why an operation failed, in the words of its reason, as a form that is refused says it. */
export function failureText(visit: Visit, error: OperationError | undefined): Content {
  if (error === undefined) return "";
  const { reason, metadata, message } = error;
  const value = Reason[(reason ?? "") as keyof typeof Reason];
  if (value !== undefined) return refusalAlert(visit, refuse(value, { metadata, detail: message }));
  return html`<div class="alert" role="alert"><p>${OPERATION_TEXTS(visit.language).broken}</p></div>`;
}
