import type { DescField } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { type Fault, refuseHttp, refuseNoResource } from "../http-refusal.ts";
import type { Collection } from "./collection.ts";
import type { FieldPath } from "./field-path.ts";

/** What a service refused because a field breaks a rule, as this standard has it; everything else as it is. */
function violationsIn(error: unknown) {
  return (error instanceof ConnectError ? refusalIn(error)?.violations : undefined) ?? [];
}

/** A refusal of items: a parameter with an invalid value is 400, and the collection of what cannot be is not found. */
export function asRefusedItems({ id, kind }: Collection, error: unknown): unknown {
  const violations = violationsIn(error);
  if (violations.length === 0) return error;
  const { selectors, box, changedFrom, changedBefore, each } = kind;
  const named = [
    ...selectors,
    ...at("bbox", box),
    ...at("datetime", changedFrom),
    ...at("datetime", changedBefore),
    ...at("page_token", [kind.pageToken]),
  ];
  const faults = violations.map(({ field, description, rule }): Fault => {
    const plain = field.replaceAll(/\[\d+\]/g, "");
    const found = named.find(({ path }) => plain.startsWith(namesOf(path)));
    return { in: "query", name: found?.name ?? plain, detail: description, rule };
  });
  if (faults.some(({ name }) => name === each?.inRequest.name))
    return refuseNoResource(`No collection has the id ${id}`);
  return refuseHttp(Reason.REQUEST_MALFORMED, { faults });
}

/** A refusal of what lies below an id: where the id breaks a rule, nothing has it. */
export function asRefusedId(id: string, error: unknown): unknown {
  return violationsIn(error).length === 0 ? error : refuseNoResource(`Nothing here has the id ${id}`);
}

function at(name: string, path: FieldPath | undefined) {
  return path === undefined ? [] : [{ name, path }];
}

function namesOf(path: readonly DescField[]): string {
  return path.map(({ name }) => name).join(".");
}
