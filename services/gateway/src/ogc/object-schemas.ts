import type { Schema } from "./property.ts";

const TEXT: Schema = { type: "string" };
const LINKS: Schema = { type: "array", items: { $ref: "#/components/schemas/Link" } };

function object(required: readonly string[], properties: Record<string, Schema>): Schema {
  return { type: "object", ...(required.length > 0 && { required }), properties };
}

const ID: Schema = { oneOf: [TEXT, { type: "integer" }] };

/** The schemas of the documents, as OpenAPI 3.0 has them. */
export const OBJECTS: Record<string, Schema> = {
  Object: { type: "object" },
  Link: object(["href", "rel", "type"], { href: TEXT, rel: TEXT, type: TEXT, title: TEXT }),
  LandingPage: object(["links"], { title: TEXT, description: TEXT, links: LINKS }),
  Conformance: object(["conformsTo"], { conformsTo: { type: "array", items: TEXT } }),
  Collections: object(["links", "collections"], {
    links: LINKS,
    collections: { type: "array", items: { $ref: "#/components/schemas/Collection" } },
  }),
  Collection: object(["id", "links"], {
    id: TEXT,
    title: TEXT,
    description: TEXT,
    itemType: TEXT,
    extent: object([], {
      spatial: object([], {
        bbox: {
          type: "array",
          minItems: 1,
          items: { type: "array", minItems: 4, maxItems: 6, items: { type: "number" } },
        },
        crs: TEXT,
      }),
    }),
    crs: { type: "array", items: TEXT },
    links: LINKS,
  }),
  FeatureCollection: object(["type", "features"], {
    type: { ...TEXT, enum: ["FeatureCollection"] },
    links: LINKS,
    timeStamp: { ...TEXT, format: "date-time" },
    numberMatched: { type: "integer", minimum: 0 },
    numberReturned: { type: "integer", minimum: 0 },
    features: { type: "array", items: { $ref: "#/components/schemas/Feature" } },
  }),
  Feature: object(["type", "geometry", "properties"], {
    type: { ...TEXT, enum: ["Feature"] },
    id: ID,
    links: LINKS,
    geometry: { nullable: true, type: "object" },
    properties: { nullable: true, type: "object" },
  }),
  Problem: {
    ...object(["type", "title", "status"], {
      type: TEXT,
      title: TEXT,
      status: { type: "integer" },
      detail: TEXT,
      instance: TEXT,
      reason: TEXT,
      errors: { type: "array", items: { type: "object" } },
    }),
    additionalProperties: true,
  },
};
