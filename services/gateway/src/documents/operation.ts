import type { Message } from "@bufbuild/protobuf";
import { type Operation, OperationSchema } from "@tessera/contracts/tessera/rpc/v1/operation_pb.ts";
import { fieldValue } from "../requests/field-value.ts";
import type { Route } from "../routes/route.ts";

/** When to look again at an operation that is under way. */
export const LOOK_AGAIN = { "Retry-After": "1" };

/** The operation that a route shows of a response, if it is one. */
export function operationIn({ shown }: Pick<Route, "shown">, response: Message): Operation | undefined {
  if (shown.list || shown.desc.typeName !== OperationSchema.typeName) return undefined;
  return (shown.field === undefined ? response : fieldValue(response, shown.field)) as Operation | undefined;
}
