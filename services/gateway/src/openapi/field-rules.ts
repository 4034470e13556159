import { type DescField, getOption } from "@bufbuild/protobuf";
import {
  type FieldRules,
  field as fieldOption,
  Ignore,
} from "@tessera/contracts/buf/validate/validate_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { rowsOf } from "@tessera/rpc/validation/selected-fields.ts";

/** A schema of OpenAPI 3.1, which is one of JSON Schema 2020-12. */
export type Schema = Record<string, unknown>;

const cached = new WeakMap<DescField, FieldRules>();

/** The rules of the contract for a field. Looked up once: options are kept in binary. */
export function rulesOfField(field: DescField): FieldRules {
  let rules = cached.get(field);
  if (rules === undefined) {
    rules = getOption(field, fieldOption);
    cached.set(field, rules);
  }
  return rules;
}

/** The rules for each element of a list. */
export function rulesOfItems(field: DescField): FieldRules | undefined {
  const { type } = rulesOfField(field);
  return type.case === "repeated" ? type.value.items : undefined;
}

/** Whether a zero value keeps the rules whatever they say. */
export function ignoresZero(rules: FieldRules | undefined): boolean {
  return rules?.ignore === Ignore.IF_ZERO_VALUE;
}

/** What the rules for one value are in JSON Schema. A number of 64 bits is a string there, with rules of its own. */
export function keywordsOf(rules: FieldRules | undefined): Schema {
  const { type } = rules ?? { type: { case: undefined } };
  switch (type.case) {
    case "int32":
    case "uint32":
    case "sint32":
    case "fixed32":
    case "sfixed32":
    case "float":
    case "double":
      return rangeKeywords(type.value);
    case "string":
      return stringKeywords(type.value);
    case "repeated":
      return {
        ...(type.value.minItems > 0n && { minItems: Number(type.value.minItems) }),
        ...(type.value.maxItems > 0n && { maxItems: Number(type.value.maxItems) }),
        ...(type.value.unique && { uniqueItems: true }),
      };
    case "map":
      return {
        ...(type.value.minPairs > 0n && { minProperties: Number(type.value.minPairs) }),
        ...(type.value.maxPairs > 0n && { maxProperties: Number(type.value.maxPairs) }),
      };
    default:
      return {};
  }
}

interface Range {
  greaterThan: { case?: string | undefined; value?: number | undefined };
  lessThan: { case?: string | undefined; value?: number | undefined };
  in: number[];
}

function rangeKeywords({ greaterThan, lessThan, in: among }: Range): Schema {
  return {
    ...(greaterThan.case === "gte" && { minimum: greaterThan.value }),
    ...(greaterThan.case === "gt" && { exclusiveMinimum: greaterThan.value }),
    ...(lessThan.case === "lte" && { maximum: lessThan.value }),
    ...(lessThan.case === "lt" && { exclusiveMaximum: lessThan.value }),
    ...(among.length > 0 && { enum: among }),
  };
}

type StringRules = Extract<FieldRules["type"], { case: "string" }>["value"];

const FORMATS: Record<string, string> = { uuid: "uuid", email: "email", uri: "uri", hostname: "hostname" };

function stringKeywords({ minLen, maxLen, len, pattern, in: among, wellKnown }: StringRules): Schema {
  const format = FORMATS[wellKnown.case ?? ""];
  const [least, most] = len > 0n ? [len, len] : [minLen, maxLen];
  return {
    ...(least > 0n && { minLength: Number(least) }),
    ...(most > 0n && { maxLength: Number(most) }),
    ...(pattern !== "" && { pattern }),
    ...(among.length > 0 && { enum: among }),
    ...(format !== undefined && { format }),
  };
}

const ANY_WHOLE = "^(0|-?[1-9][0-9]{0,18})$";
const FROM_ZERO = "^(0|[1-9][0-9]{0,19})$";
const FROM_ONE = "^[1-9][0-9]{0,19}$";

/** The texts that a number of 64 bits may be, as far as its least value says it. */
export function wholePattern(rules: FieldRules | undefined, isSigned: boolean): string {
  const { type } = rules ?? { type: { case: undefined } };
  const least = type.case === "int64" || type.case === "uint64" ? leastOf(type.value) : undefined;
  if (least !== undefined && least >= 1n) return FROM_ONE;
  return isSigned && (least === undefined || least < 0n) ? ANY_WHOLE : FROM_ZERO;
}

interface WideRange {
  greaterThan: { case?: string | undefined; value?: bigint | undefined };
}

function leastOf({ greaterThan: { case: kind, value } }: WideRange): bigint | undefined {
  return value === undefined ? undefined : kind === "gt" ? value + 1n : value;
}

/** The numbers that values of an enum may not have. */
export function notAmong(rules: FieldRules | undefined): readonly number[] {
  return rules?.type.case === "enum" ? rules.type.value.notIn : [];
}

/** The paths that a mask may name; empty where the contract does not say. */
export function pathsOfMask(field: DescField): readonly string[] {
  if (fieldWithRole(field.parent, FieldRole.FIELDS) === field)
    return rowsOf(field.parent)?.message?.fields.map(({ name }) => name) ?? [];
  const { type } = rulesOfField(field);
  return type.case === "fieldMask" ? type.value.in : [];
}

/** Whether a request without a field breaks a rule of it. */
export function mustBeGiven(field: DescField): boolean {
  const rules = rulesOfField(field);
  if (rules.required) return true;
  if (hasPresence(field) || ignoresZero(rules)) return false;
  const { type } = rules;
  switch (type.case) {
    case "int64":
    case "uint64":
      return (leastOf(type.value) ?? 0n) > 0n;
    case "string":
      return type.value.minLen > 0n || type.value.len > 0n || refusesEmpty(type.value.pattern);
    case "enum":
      return type.value.notIn.includes(0);
    case "repeated":
      return type.value.minItems > 0n;
    case "int32":
    case "uint32":
    case "double":
      return (type.value.greaterThan.value ?? -1) > 0 || type.value.greaterThan.case === "gt";
    default:
      return false;
  }
}

function refusesEmpty(pattern: string): boolean {
  return pattern !== "" && !new RegExp(pattern, "u").test("");
}

/** Whether a field says if it is set: a message, a member of a oneof, an optional field. */
export function hasPresence(field: DescField): boolean {
  if (field.fieldKind === "list" || field.fieldKind === "map") return false;
  return field.fieldKind === "message" || field.oneof !== undefined || field.proto.proto3Optional;
}
