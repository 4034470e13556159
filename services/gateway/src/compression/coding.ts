import type { IncomingMessage } from "node:http";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import Negotiator from "negotiator";
import { refuseHttp } from "../http-refusal.ts";

/** The content codings of answers, those that cost least first: of codings with the same weight, the first is chosen. */
export const CODINGS = ["zstd", "br", "gzip"] as const;
export type Coding = (typeof CODINGS)[number];

/** What a client accepts. */
export interface Accepted {
  /** The coding that it prefers; undefined for none. */
  coding: Coding | undefined;
  /** Whether it accepts an answer without a coding. */
  identity: boolean;
}

const NONE: Accepted = { coding: undefined, identity: true };

/** At most this many values of Accept-Encoding are remembered, none of them longer than this. */
const REMEMBERED_MAX = 100;
const REMEMBERED_MAX_LENGTH = 200;
const remembered = new Map<string, Accepted>();

/** What a request accepts. A part of an answer (Range) is a part of its bytes without a coding. */
export function acceptedBy({ headers }: Pick<IncomingMessage, "headers">): Accepted {
  const text = headers["accept-encoding"];
  if (text === undefined || text === "identity" || headers.range !== undefined) return NONE;
  const value = text.toString();
  const known = remembered.get(value);
  if (known !== undefined) return known;
  const accepted = read(value);
  if (value.length <= REMEMBERED_MAX_LENGTH && remembered.size < REMEMBERED_MAX)
    remembered.set(value, accepted);
  return accepted;
}

/** Refuses NOT_ACCEPTABLE where a request accepts no coding that there is, and refuses an answer without one. */
export function refuseUncoded(request: Pick<IncomingMessage, "headers">): void {
  const { coding, identity } = acceptedBy(request);
  if (coding !== undefined || identity) return;
  const available = [...CODINGS, "identity"].join(", ");
  throw refuseHttp(Reason.NOT_ACCEPTABLE, {
    metadata: { available },
    detail: `Accept-Encoding accepts none of the available content codings: ${available}`,
  });
}

/** An older name of gzip, which clients may still use (RFC 9110, 8.4.1.3). */
const X_GZIP = /\bx-gzip\b/gi;

/** What its types do not say yet: the order of codings with the same weight. */
interface Preferring {
  encodings(available: string[], options: { preferred: string[] }): string[];
}

function read(value: string): Accepted {
  const headers = { "accept-encoding": value.replaceAll(X_GZIP, "gzip") };
  const negotiator: Preferring = new Negotiator({ headers });
  const best = negotiator.encodings([...CODINGS, "identity"], { preferred: [...CODINGS] });
  const [first] = best;
  return {
    coding: first === undefined || first === "identity" ? undefined : (first as Coding),
    identity: best.includes("identity"),
  };
}
