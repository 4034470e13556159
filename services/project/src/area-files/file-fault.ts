import { type GeometryRule, type Point, withFound } from "@tessera/geometry/areas/geometry-fault.ts";

/** What a file as such can be wrong in, each with its sentence. What its area can be wrong in, the rules of geometry say. */
export const FILE_RULES = {
  "file-empty": "The file is empty.",
  "format-unknown":
    "This is none of GeoJSON, KML, KMZ, GPX, a shapefile and OSM XML, alone or compressed by zip or gzip.",
  "gzip-malformed": "The gzip file is damaged or cut off.",
  "gzip-of-archive":
    "The gzip file has an archive, or another gzip file, in it. Send a zip archive of the files, or one file compressed once.",
  "text-malformed": "The text is not in UTF-8, nor in the encoding that it declares. Save it in UTF-8.",
  "json-malformed": "This is not well-formed JSON.",
  "xml-malformed": "This is not well-formed XML.",
  "xml-has-dtd":
    "XML with a document type declaration (<!DOCTYPE …>) is not taken. Take the declaration out.",
  "xml-too-deep": "The elements are nested deeper than is taken.",
  "archive-malformed": "The archive is damaged or cut off.",
  "archive-in-parts": "This is one part of an archive that was split. Send the archive in one piece.",
  "archive-encrypted": "The archive is encrypted. Send it without a password.",
  "archive-compression-not-taken":
    "A file in the archive is compressed by a method that is not taken. Compress it by Deflate, or not at all.",
  "archive-too-many-entries": "The archive has more entries than are taken.",
  "archive-inflates-too-far": "What is compressed in this file inflates to more than is taken.",
  "archive-without-area":
    "There is no file with an area in the archive: .shp, .kml, .geojson, .json, .gpx, .osm, .geojsonl or .ndjson.",
  "archive-ambiguous": "There is more than one file with an area in the archive. Send the one that is meant.",
  "shapefile-malformed": "The shapefile is damaged or cut off.",
  "shapefile-index-differs":
    "The .shx file does not fit the .shp file: they were not written together. Export both again, or leave the .shx away.",
  "crs-not-taken":
    "The .prj file names a coordinate system that cannot be turned into WGS 84 (EPSG:4326) with certainty. " +
    "Reproject to WGS 84 (EPSG:4326) and send it again.",
  "rings-too-intricate": "The rings of the file are too intricate to separate outer rings from holes.",
  "boundary-not-one": "A polygon of KML must have one outer boundary. Write a polygon for each.",
  "part-missing": "The file refers to a part that is not in it. Save it with all of its parts.",
  "too-many-vertices": "There are more vertices than this deployment takes.",
  "too-many-rings": "There are more rings than this deployment takes.",
  "memory-exhausted": "The file takes more memory to read than this deployment gives to one file.",
  "time-exhausted": "The file takes longer to read than this deployment allows for one file.",
  "area-too-large": "The area is larger than this deployment takes.",
} as const;

/** The stable id of such a rule. */
export type FileRule = keyof typeof FILE_RULES;

/** One thing that is wrong with a file, as plain data. */
export interface FoundFault {
  rule: FileRule | GeometryRule;
  description: string;
  /** A JSON pointer while the file is read; in the end, in the words of its format. */
  path: string;
  point?: Point;
}

/** A file cannot be read any further. */
export class FileFault extends Error {
  override readonly name = "FileFault";
  readonly rule: FileRule;
  readonly path: string;

  constructor(rule: FileRule, path = "", found?: string) {
    super(withFound(FILE_RULES[rule], found));
    this.rule = rule;
    this.path = path;
  }
}
