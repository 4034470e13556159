import { Reason, ReasonSchema } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { Refusal, refusals, VIOLATIONS_MAX } from "@tessera/rpc/refusal.ts";

/** One part of an HTTP request that is wrong. */
export interface Fault {
  in: "body" | "query" | "path" | "header";
  /** In the body a JSON pointer (RFC 6901), elsewhere a name. */
  name: string;
  /** What is wrong with it, for people. */
  detail: string;
  /** The rule's id: "field.unknown". */
  rule: string;
}

/** A refusal of the gateway's own. It names parts of the HTTP request, where a service's names fields of a message. */
export class HttpRefusal extends Refusal {
  readonly faults: readonly Fault[];

  constructor(refusal: Refusal, faults: readonly Fault[]) {
    super(refusal.reason, { metadata: refusal.metadata, detail: refusal.message });
    this.faults = faults.slice(0, VIOLATIONS_MAX);
  }
}

const refuse = refusals(ReasonSchema);

/** Makes a refusal of the gateway for one of its reasons. */
export function refuseHttp(
  reason: number,
  details: { metadata?: Record<string, string>; detail?: string; faults?: readonly Fault[] } = {},
): HttpRefusal {
  const { faults = [], ...rest } = details;
  const [first] = faults;
  const named = first && { detail: `${first.name || "the body"}: ${first.detail}` };
  return new HttpRefusal(refuse(reason, { ...named, ...rest }), faults);
}

/** The refusal of a path at which there is nothing. */
export function refuseNoResource(detail: string): HttpRefusal {
  return refuseHttp(Reason.ROUTE_NOT_FOUND, { detail });
}
