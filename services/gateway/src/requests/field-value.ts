import type { DescField, Message } from "@bufbuild/protobuf";

type Values = Record<string, unknown>;
type Choice = { case: string | undefined; value?: unknown };

/** Reads a field of a message; undefined where it is not set. */
export function fieldValue(message: Message, field: DescField): unknown {
  const values = message as unknown as Values;
  if (field.oneof === undefined) return values[field.localName];
  const choice = values[field.oneof.localName] as Choice;
  return choice.case === field.localName ? choice.value : undefined;
}

/** Sets a field of a message to a value that is known to be of its type. */
export function setFieldValue(message: Message, field: DescField, value: unknown): void {
  const values = message as unknown as Values;
  if (field.oneof === undefined) values[field.localName] = value;
  else values[field.oneof.localName] = { case: field.localName, value } satisfies Choice;
}

/** Whether another field of the same oneof is set. */
export function otherChosen(message: Message, field: DescField): boolean {
  return field.oneof?.fields.some((it) => it !== field && fieldValue(message, it) !== undefined) ?? false;
}
