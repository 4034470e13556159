type Ring = [number, number][];

/** A ring like a border: each edge of a polygon broken `depth` times in a way that never meets itself. */
export function coast(longitude: number, latitude: number, degrees: number, depth: number): Ring {
  const corners = [0, 1, 2].map((i): [number, number] => {
    const angle = Math.PI / 2 + (i * 2 * Math.PI) / 3;
    return [longitude + degrees * Math.cos(angle), latitude + degrees * Math.sin(angle)];
  });
  let ring: Ring = [...corners, corners[0] as [number, number]];
  for (let i = 0; i < depth; i++) ring = ring.flatMap((point, at) => broken(point, ring[at + 1]));
  return ring;
}

/** The side of a snowflake: an edge gets a smaller triangle in its middle third. */
function broken([ax, ay]: [number, number], b: [number, number] | undefined): Ring {
  if (b === undefined) return [[ax, ay]];
  const [dx, dy] = [(b[0] - ax) / 3, (b[1] - ay) / 3];
  const height = 0.25;
  return [
    [ax, ay],
    [ax + dx, ay + dy],
    [ax + 1.5 * dx + height * dy, ay + 1.5 * dy - height * dx],
    [ax + 2 * dx, ay + 2 * dy],
  ];
}

/** A square. */
export function box(west: number, south: number, degrees: number): Ring {
  const [east, north] = [west + degrees, south + degrees];
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

/** As GeoJSON text. */
export const polygon = (...rings: unknown[]) => JSON.stringify({ type: "Polygon", coordinates: rings });
export const multi = (...polygons: unknown[]) =>
  JSON.stringify({ type: "MultiPolygon", coordinates: polygons });
export const features = (...geometries: unknown[]) =>
  JSON.stringify({
    type: "FeatureCollection",
    features: geometries.map((geometry) => ({ type: "Feature", properties: {}, geometry })),
  });
