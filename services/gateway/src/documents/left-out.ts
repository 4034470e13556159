import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { FieldRole, leaves_out } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { messageOf } from "../routes/geometry-field.ts";

const names = new Map<DescField, readonly string[]>();

/** The fields that the documents in a field do not carry, by name. Looked up once: options are kept in binary. */
export function leftOutOf(field: DescField): readonly string[] {
  let found = names.get(field);
  if (found === undefined) {
    found = getOption(field, leaves_out);
    names.set(field, found);
  }
  return found;
}

/** Deletes from a message as JSON what the documents in its fields do not carry. */
export function leaveOut(desc: DescMessage, json: Record<string, unknown>): void {
  for (const name of headersIn(desc)) delete json[name];
  for (const field of concerned(desc)) {
    const value = json[field.name];
    const documents = (Array.isArray(value) ? value : [value]) as (Record<string, unknown> | undefined)[];
    for (const document of documents) {
      if (document === undefined) continue;
      for (const name of leftOutOf(field)) delete document[name];
      leaveOut(messageOf(field) as DescMessage, document);
    }
  }
}

const headers = new Map<DescMessage, readonly string[]>();

/** The fields of a response that are headers: its tag, and whether it is as the caller knows it. */
export function headersIn(desc: DescMessage): readonly string[] {
  let found = headers.get(desc);
  if (found === undefined) {
    const fields = [fieldWithRole(desc, FieldRole.ETAG), fieldWithRole(desc, FieldRole.UNCHANGED)];
    found = fields.flatMap((field) => field?.name ?? []);
    headers.set(desc, found);
  }
  return found;
}

const cached = new Map<DescMessage, readonly DescField[]>();

/** The fields of a message in which, however deep, something is left out. */
function concerned(desc: DescMessage): readonly DescField[] {
  let fields = cached.get(desc);
  if (fields === undefined) {
    fields = desc.fields.filter((field) => leavesOut(field, new Set()));
    if (fields.some((it) => it.fieldKind === "map"))
      throw new Error(`${desc.typeName} has documents in a map`);
    cached.set(desc, fields);
  }
  return fields;
}

function leavesOut(field: DescField, seen: Set<DescMessage>): boolean {
  const below = messageOf(field);
  if (below === undefined) return false;
  if (leftOutOf(field).length > 0) return true;
  if (seen.has(below)) return false;
  seen.add(below);
  return below.fields.some((it) => leavesOut(it, seen));
}
