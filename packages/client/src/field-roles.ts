import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  type MessageShape,
} from "@bufbuild/protobuf";
import { FieldRole, role } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";

const REQUEST_ID_BYTES = 16;

const roles = new WeakMap<DescMessage, Map<FieldRole, DescField>>();

/** The field of a message that has a role, if one does. Looked up once: options are kept in binary. */
export function fieldWithRole(desc: DescMessage, wanted: FieldRole): DescField | undefined {
  let fields = roles.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.map((it) => [getOption(it, role), it]));
    roles.set(desc, fields);
  }
  return fields.get(wanted);
}

/** A command with a request id: its caller's, or a new one. Other messages stay as they are. */
export function withRequestId<Desc extends DescMessage>(
  method: DescMethod & { input: Desc },
  message: MessageShape<Desc>,
): { message: MessageShape<Desc>; requestId?: string } {
  const field = fieldWithRole(method.input, FieldRole.REQUEST_ID);
  if (field === undefined) return { message };
  const given = (message as unknown as Record<string, string>)[field.localName];
  const requestId = given || newRequestId();
  return { message: { ...message, [field.localName]: requestId }, requestId };
}

/** A random id. `crypto.randomUUID` does not exist on pages that came over plain HTTP. */
function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(REQUEST_ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
