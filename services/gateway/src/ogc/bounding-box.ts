/** A box in degrees. It crosses 180° where west is greater than east. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** What a box must be, for people. */
export const BOX_WORDS =
  "must be west,south,east,north in degrees, or west,south,lowest,east,north,highest: longitudes from -180 to 180, latitudes from -90 to 90, south not above north";

/** Reads the parameter `bbox`: four numbers, or six with heights, which select nothing; undefined for any other text. */
export function boxOf(text: string): Box | undefined {
  const parts = text.split(",").map((it) => it.trim());
  if (!parts.every((it) => NUMBER.test(it))) return undefined;
  const numbers = parts.map(Number);
  if (numbers.length !== 4 && numbers.length !== 6) return undefined;
  const [west = 0, south = 0] = numbers;
  const [east = 0, north = 0] = numbers.length === 4 ? numbers.slice(2) : numbers.slice(3);
  const [low = 0, high = 0] = numbers.length === 4 ? [] : [numbers[2], numbers[5]];
  const isPlace = (longitude: number, latitude: number) =>
    Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
  if (!isPlace(west, south) || !isPlace(east, north) || south > north || low > high) return undefined;
  return { west, south, east, north };
}
