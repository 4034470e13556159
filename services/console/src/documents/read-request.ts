import {
  create,
  type DescField,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type FieldViolation, refusals } from "@tessera/rpc/refusal.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";
import type { FoundResource } from "./resources.ts";

const refuse = refusals(ReasonSchema);

/**
 * Reads the request for a resource from its path and the parameters of its query. Parameters that name no field, such as `f`, are
 * left to others. A path with a wrong value is not found; a parameter with a wrong value is refused by its name.
 */
export function readRequest(
  { query, readerLanguages, deps }: Visit,
  { rpc, variables }: FoundResource,
): Message {
  const { input } = rpc;
  const json: JsonObject = {};
  for (const [name, value] of Object.entries(variables)) {
    if (!isTaken(input.fields, name, value)) throw new PageFault(404);
    json[name] = value;
  }
  const violations: FieldViolation[] = [];
  for (const name of new Set(query.keys())) {
    const field = input.fields.find((it) => it.name === name);
    if (field === undefined || name in variables) continue;
    const value = jsonOf(field, query.getAll(name));
    if (isTaken([field], name, value)) json[name] = value;
    else violations.push({ field: name, description: "is not a value that it can have", rule: "field.type" });
  }
  if (violations.length > 0) throw refuse(Reason.FIELD_INVALID, { violations });
  const languages = fieldWithRole(input, FieldRole.LANGUAGES);
  if (languages !== undefined) json[languages.name] ??= [...readerLanguages];
  const publicUrl = fieldWithRole(input, FieldRole.PUBLIC_URL);
  if (publicUrl !== undefined) json[publicUrl.name] = deps.publicUrl;
  return Object.keys(json).length === 0 ? create(input) : fromJson(input, json);
}

function isTaken(fields: readonly DescField[], name: string, value: JsonValue): boolean {
  const field = fields.find((it) => it.name === name);
  if (field === undefined) return false;
  try {
    fromJson(field.parent, { [name]: value });
    return true;
  } catch {
    return false;
  }
}

function jsonOf(field: DescField, texts: readonly string[]): JsonValue {
  const one = (text: string): JsonValue => (text === "true" ? true : text === "false" ? false : text);
  if (field.fieldKind === "list") return texts.map(one);
  const text = texts.at(-1) ?? "";
  if (field.fieldKind === "message" && field.message.typeName === "google.protobuf.FieldMask")
    return text.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return one(text);
}
