import { AreaFormat } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";

/**
 * Writes a JSON pointer as people write such a path: "features[3].geometry.coordinates[0][17]" for GeoJSON,
 * "kml/Document[0]/Placemark[3]" for the formats that are trees of elements. A place in a text stays as it is.
 */
export function wordsOf(pointer: string, format: AreaFormat): string {
  if (!pointer.startsWith("/")) return pointer;
  const separator = format === AreaFormat.GEOJSON ? "." : "/";
  // Of a part that is of the wrong type, the part is meant.
  const meant = format === AreaFormat.GEOJSON ? pointer.replace(/\/type$/, "") : pointer;
  return meant
    .split("/")
    .slice(1)
    .map((it) => (/^\d+$/.test(it) ? `[${it}]` : `${separator}${it}`))
    .join("")
    .replace(/^[./]/, "")
    .replaceAll("|", "/");
}
