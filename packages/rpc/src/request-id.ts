import { randomUUID } from "node:crypto";
import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  type MessageShape,
} from "@bufbuild/protobuf";
import { FieldRole, role } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";

const fields = new WeakMap<DescMessage, DescField | null>();

const roles = new WeakMap<DescMessage, Map<FieldRole, DescField>>();

/** The field of a message that has a role, if one does. Looked up once: options are kept in binary. */
export function fieldWithRole(desc: DescMessage, wanted: FieldRole): DescField | undefined {
  let fields = roles.get(desc);
  if (fields === undefined) {
    // Of several, the first one has it.
    fields = new Map(desc.fields.toReversed().map((it) => [getOption(it, role), it]));
    roles.set(desc, fields);
  }
  return fields.get(wanted);
}

/**
 * Gives a command a request id where its caller gave none. Made before the first try, it makes all the tries that follow
 * one command.
 */
export function withRequestId<Desc extends DescMessage>(
  method: DescMethod & { input: Desc },
  message: MessageShape<Desc>,
): MessageShape<Desc> {
  let field = fields.get(method.input);
  if (field === undefined) {
    field = fieldWithRole(method.input, FieldRole.REQUEST_ID) ?? null;
    fields.set(method.input, field);
  }
  if (field === null) return message;
  const values = message as unknown as Record<string, string>;
  if (values[field.localName] !== "") return message;
  return { ...message, [field.localName]: randomUUID() };
}
