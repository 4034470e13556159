import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { MultiPolygonSchema, PointSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";

/** Whether a field is an area, which REST shows as GeoJSON. */
export function isGeometry(field: DescField): boolean {
  return messageOf(field)?.typeName === MultiPolygonSchema.typeName;
}

const geometries = new Map<DescMessage, AreaField | undefined>();

type AreaField = DescField & { fieldKind: "message" };

/** The field that makes a message a Feature: the one with that role, else its only area. */
export function featureGeometry(desc: DescMessage): AreaField | undefined {
  if (!geometries.has(desc)) geometries.set(desc, geometryOf(desc));
  return geometries.get(desc);
}

function geometryOf(desc: DescMessage): AreaField | undefined {
  const marked = fieldWithRole(desc, FieldRole.FEATURE_GEOMETRY);
  const areas = marked === undefined ? desc.fields.filter(isGeometry) : [marked];
  return areas.length === 1 && areas[0]?.fieldKind === "message" ? areas[0] : undefined;
}

const points = new Map<DescMessage, DescField | undefined>();

/** The field that says where a Feature is whose geometry is absent. Looked up once: options are kept in binary. */
export function featurePoint(desc: DescMessage): DescField | undefined {
  if (!points.has(desc)) {
    const field = fieldWithRole(desc, FieldRole.FEATURE_PLACE);
    points.set(desc, field && messageOf(field)?.typeName === PointSchema.typeName ? field : undefined);
  }
  return points.get(desc);
}

/** The two fields that say in numbers where a Feature is, if a message has them. */
export function featureCoordinates(
  desc: DescMessage,
): [longitude: DescField, latitude: DescField] | undefined {
  const longitude = fieldWithRole(desc, FieldRole.FEATURE_LONGITUDE);
  const latitude = fieldWithRole(desc, FieldRole.FEATURE_LATITUDE);
  return longitude && latitude && [longitude, latitude];
}

/** Whether a message can be shown as a Feature: it has a geometry or a place. */
export function isFeature(desc: DescMessage): boolean {
  const place = featureGeometry(desc) ?? featurePoint(desc) ?? featureCoordinates(desc);
  return place !== undefined;
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
