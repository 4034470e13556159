import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";

/** Whether a field is an area, which REST shows as GeoJSON. */
export function isGeometry(field: DescField): boolean {
  return messageOf(field)?.typeName === MultiPolygonSchema.typeName;
}

/** The field that makes a message a Feature: the first area that the contract names in it. */
export function featureGeometry(desc: DescMessage): (DescField & { fieldKind: "message" }) | undefined {
  const area = desc.fields.find(isGeometry);
  return area?.fieldKind === "message" ? area : undefined;
}

const holders = new Map<DescMessage, boolean>();

/** Whether there may be an area in a message, however deep. */
export function holdsGeometry(desc: DescMessage): boolean {
  let holds = holders.get(desc);
  if (holds === undefined) {
    holds = reachesGeometry(desc, new Set());
    holders.set(desc, holds);
  }
  return holds;
}

function reachesGeometry(desc: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(desc)) return false;
  seen.add(desc);
  return desc.fields.some((field) => {
    const message = messageOf(field);
    return message !== undefined && (isGeometry(field) || reachesGeometry(message, seen));
  });
}

/** The message that a field holds, alone, in a list or in a map. */
export function messageOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === "scalar" || field.fieldKind === "enum" ? undefined : field.message;
}
