import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";

const refuse = refusals(ReasonSchema);

/**
 * The refusal of a number that its field cannot hold, such as 3,000,000,000 or "many" in an int32: such a request cannot be sent.
 * Undefined if there is none.
 */
export function numberRefusal(message: Message, desc: DescMessage): Refusal | undefined {
  const field = faultIn(reflect(desc, message, false), "");
  if (field === undefined) return undefined;
  const description = "value must be a whole number of usual size";
  return refuse(Reason.FIELD_INVALID, { violations: [{ field, description, rule: "number.fits" }] });
}

/** The path of the first number that its field cannot hold. */
function faultIn(message: ReflectMessage, before: string): string | undefined {
  for (const field of message.desc.fields) {
    if (!message.isSet(field)) continue;
    const path = `${before}${field.name}`;
    for (const value of valuesOf(message, field)) {
      if (isMessage(value)) {
        const found = faultIn(value, `${path}.`);
        // A duration is one field of a form.
        if (found !== undefined) return value.desc.typeName.startsWith("google.protobuf.") ? path : found;
      } else if (!fits(field, value)) return path;
    }
  }
  return undefined;
}

function valuesOf(message: ReflectMessage, field: DescField): Iterable<unknown> {
  if (field.fieldKind === "list") return message.get(field);
  return field.fieldKind === "map" ? [] : [message.get(field)];
}

function isMessage(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value;
}

const INT32 = 2 ** 31;
const INT64 = 2n ** 63n;

/** Whether a whole number fits its field, which has 32 bits where it is a number and 64 where it is a bigint. Others always do. */
function fits(field: DescField, value: unknown): boolean {
  if (typeof value === "bigint") return value >= -INT64 && value < INT64;
  if (typeof value !== "number" || isFraction(field)) return true;
  return Number.isInteger(value) && value >= -INT32 && value < INT32;
}

function isFraction(field: DescField): boolean {
  return field.scalar === ScalarType.DOUBLE || field.scalar === ScalarType.FLOAT;
}
