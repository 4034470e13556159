/** The world in web mercator (EPSG:3857) is this many units wide and high: 9 mm each at the equator. */
export const WORLD_UNITS = 2 ** 32;

/** How far a longitude is from the west of the world, in units. */
export function unitsEast(longitude: number): number {
  return bounded(((longitude + 180) / 360) * WORLD_UNITS);
}

/** How far a latitude is from the north of the world, in units. Beyond 85.05° it is at its edge. */
export function unitsSouth(latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return bounded((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD_UNITS);
}

/** The longitude of a place in units. */
export function longitudeAt(units: number): number {
  return (units / WORLD_UNITS) * 360 - 180;
}

/** The latitude of a place in units. */
export function latitudeAt(units: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - (2 * units) / WORLD_UNITS))) * 180) / Math.PI;
}

function bounded(units: number): number {
  return Math.min(WORLD_UNITS - 1, Math.max(0, Math.round(units)));
}
