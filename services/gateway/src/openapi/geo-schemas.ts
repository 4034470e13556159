import type { Schema } from "./field-rules.ts";

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The schemas of areas, as REST shows them (RFC 7946), and as it takes them. */
export const GEO_SCHEMAS: Record<string, Schema> = {
  Position: {
    type: "array",
    description:
      "Longitude and latitude in degrees (WGS 84). A height may follow in a request, and is dropped.",
    items: { type: "number" },
    minItems: 2,
    maxItems: 3,
    example: [10.5, 47.25],
  },
  Ring: {
    type: "array",
    description: "A closed ring: the last position is the first.",
    items: ref("Position"),
    minItems: 4,
  },
  PolygonGeometry: {
    type: "object",
    description: "A GeoJSON Polygon: its outer ring, then its holes.",
    required: ["type", "coordinates"],
    properties: {
      type: { const: "Polygon" },
      coordinates: { type: "array", items: ref("Ring"), minItems: 1 },
    },
  },
  Area: {
    type: "object",
    description:
      "A GeoJSON MultiPolygon. Outer rings are counterclockwise, holes clockwise; no part crosses 180° of longitude.",
    required: ["type", "coordinates"],
    properties: {
      type: { const: "MultiPolygon" },
      coordinates: { type: "array", items: { type: "array", items: ref("Ring"), minItems: 1 } },
    },
  },
  PointGeometry: {
    type: "object",
    description: "A GeoJSON Point.",
    required: ["type", "coordinates"],
    properties: { type: { const: "Point" }, coordinates: ref("Position") },
  },
  AreaFeatureInput: {
    type: "object",
    description: "A GeoJSON Feature with an area. Its properties are dropped.",
    required: ["type", "geometry"],
    properties: {
      type: { const: "Feature" },
      geometry: { oneOf: [ref("PolygonGeometry"), ref("Area")] },
      properties: { type: ["object", "null"] },
    },
  },
  AreaCollectionInput: {
    type: "object",
    description: "A GeoJSON FeatureCollection of areas.",
    required: ["type", "features"],
    properties: {
      type: { const: "FeatureCollection" },
      features: { type: "array", items: ref("AreaFeatureInput"), minItems: 1 },
    },
  },
  GeometryCollectionInput: {
    type: "object",
    description: "A GeoJSON GeometryCollection of areas.",
    required: ["type", "geometries"],
    properties: {
      type: { const: "GeometryCollection" },
      geometries: {
        type: "array",
        items: { oneOf: [ref("PolygonGeometry"), ref("Area")] },
        minItems: 1,
      },
    },
  },
  AreaInput: {
    description:
      "An area, as GeoJSON: a Polygon, a MultiPolygon, a Feature, or a collection of them, which becomes one area.",
    oneOf: [
      ref("PolygonGeometry"),
      ref("Area"),
      ref("AreaFeatureInput"),
      ref("AreaCollectionInput"),
      ref("GeometryCollectionInput"),
    ],
  },
};
