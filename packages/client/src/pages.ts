import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions, Transport } from "@connectrpc/connect";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "./field-roles.ts";

const PAGE_TOKEN = "pageToken";

/** Whether an RPC returns a list page by page. */
export function isPaged(method: DescMethod): method is DescMethodUnary {
  const { methodKind, input, output } = method;
  return (
    methodKind === "unary" &&
    PAGE_TOKEN in input.field &&
    fieldWithRole(output, FieldRole.NEXT_PAGE) !== undefined
  );
}

/** The pages of a list, each read when it is wanted. */
export async function* pages<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  { signal, timeoutMs, headers }: CallOptions = {},
): AsyncGenerator<MessageShape<O>, void, undefined> {
  const nextPage = fieldWithRole(method.output, FieldRole.NEXT_PAGE)?.localName ?? "";
  let asked = create(method.input, request);
  for (;;) {
    const init = asked as MessageInitShape<I>;
    const { message } = await transport.unary(method, signal, timeoutMs, headers, init);
    yield message;
    const token = (message as Record<string, unknown>)[nextPage];
    if (!token) return;
    asked = { ...asked, [PAGE_TOKEN]: token };
  }
}
