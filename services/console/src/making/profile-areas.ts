import { toJson } from "@bufbuild/protobuf";
import { MultiPolygonSchema } from "@tessera/contracts/tessera/geo/v1/geometry_pb.ts";
import { areaFromGeoJson } from "@tessera/geometry/areas/geo-json.ts";

const AREAS = ["area", "priority_areas"];

/** A profile as REST exports it, with the areas in the form of the contract's messages instead of GeoJSON. */
export function areasFromGeoJson(profile: { project?: Record<string, unknown> }): unknown {
  const { project } = profile;
  if (project === undefined) return profile;
  // What the service sets itself is left away, as it is ignored.
  const { centroid: _, bounding_box: __, ...rest } = project;
  const areas = AREAS.filter((name) => rest[name] !== undefined && rest[name] !== null).map((name) => [
    name,
    toJson(MultiPolygonSchema, areaFromGeoJson(rest[name])),
  ]);
  return { ...profile, project: { ...rest, ...Object.fromEntries(areas) } };
}
