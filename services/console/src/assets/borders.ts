import { createRequire } from "node:module";
import { mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** The borders of the world's countries from Natural Earth (1:50,000,000), as a GeoJSON MultiLineString. */
export function borders() {
  const world = createRequire(import.meta.url)("world-atlas/countries-50m.json") as Topology;
  return mesh(world, world.objects.countries as GeometryCollection);
}
