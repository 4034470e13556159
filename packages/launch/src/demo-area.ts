import { createRequire } from "node:module";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";

/** A country's border from Natural Earth (1:10,000,000), as a GeoJSON Feature. */
export function countryArea(name: string) {
  const world = createRequire(import.meta.url)("world-atlas/countries-10m.json") as Topology;
  const countries = world.objects.countries as GeometryCollection<{ name: string }>;
  const found = countries.geometries.find(
    ({ properties }) => properties !== undefined && "name" in properties && properties.name === name,
  );
  if (found === undefined) throw new Error(`Natural Earth has no country called ${name}`);
  return feature(world, found);
}
