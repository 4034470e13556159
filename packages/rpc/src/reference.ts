import { Code, ConnectError } from "@connectrpc/connect";
import { Refusal } from "./refusal.ts";
import { refusalIn } from "./refusal-wire.ts";

/** The refusal of something that is not there, with the field of the request that refers to it. */
export function referring({ reason, metadata, message }: Refusal, field: string): Refusal {
  const violations = [{ field, description: message, rule: "reference.exists" }];
  return new Refusal(reason, { metadata, violations, detail: message });
}

/** Waits for what `field` refers to. A refusal that says that it is not there names the field. */
export async function referredBy<T>(field: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    const refusal = error instanceof ConnectError ? refusalIn(error) : error;
    const isMissing = refusal instanceof Refusal && refusal.reason.code === Code.NotFound;
    throw isMissing ? referring(refusal, field) : error;
  }
}
