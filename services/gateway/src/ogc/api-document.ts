import type { DescField } from "@bufbuild/protobuf";
import { GEOJSON_TYPES, JSON_TYPES, OPENAPI_TYPES, SCHEMA_TYPES } from "./answer.ts";
import type { Kind } from "./collection.ts";
import { largestPage } from "./collections.ts";
import { largestLimit } from "./items.ts";
import { OBJECTS } from "./object-schemas.ts";
import { LIMIT_DEFAULT } from "./parameters.ts";
import { type Schema, valueSchema } from "./property.ts";

const PROBLEM = { $ref: "#/components/responses/Problem" };

/** A parameter of OpenAPI. */
type Parameter = Record<string, unknown>;

/** The description of this API in OpenAPI 3.0, which is the version that programs for maps read. */
export function apiDocument(base: string, kinds: readonly Kind[]): object {
  const parameters: Record<string, Parameter> = {
    collectionId: inPath("collectionId", "The id of a collection."),
    featureId: inPath("featureId", "The id of a feature."),
    // QGIS looks here for the size of a page.
    limit: itemLimit(mostKinds(kinds)),
    page_token: inQuery("page_token", "The token of a page, as the link to the next page has it.", {
      type: "string",
    }),
  };
  return {
    openapi: "3.0.3",
    info: {
      title: "Tessera: OGC API – Features",
      version: "1.0.0",
      description: "The lists of this system that have geometries, as collections of features.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: `${base}/ogc` }],
    security: [{}, { bearer: [] }],
    tags: [{ name: "Features", description: "Collections of features, and what describes them." }],
    paths: { ...fixedPaths(), ...collectionPaths(kinds), ...itemPaths(kinds) },
    components: {
      parameters,
      schemas: OBJECTS,
      responses: { Problem: answerOf("What is wrong (RFC 9457).", ["application/problem+json"], "Problem") },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

function fixedPaths() {
  const at = (id: string, summary: string, types: readonly string[], schema: string) => ({
    get: operation(id, summary, [], types, schema),
  });
  return {
    "/": at("getLandingPage", "What this is, and where to go", JSON_TYPES, "LandingPage"),
    "/conformance": at("getConformance", "The standards that this API implements", JSON_TYPES, "Conformance"),
    "/api": at("getApi", "This document", OPENAPI_TYPES, "Object"),
  };
}

function collectionPaths(kinds: readonly Kind[]) {
  const limit = limitUpTo(largestPage(kinds), "How many rows a page has collections of, at most.");
  return {
    "/collections": {
      get: operation(
        "getCollections",
        "The collections of features, in pages",
        [limit, referred("page_token")],
        JSON_TYPES,
        "Collections",
      ),
    },
    "/collections/{collectionId}": {
      get: operation("getCollection", "One collection", [referred("collectionId")], JSON_TYPES, "Collection"),
    },
    "/collections/{collectionId}/schema": {
      get: operation(
        "getSchema",
        "The schema of a collection's features",
        [referred("collectionId")],
        SCHEMA_TYPES,
        "Object",
      ),
    },
    "/collections/{collectionId}/items/{featureId}": {
      get: operation(
        "getFeature",
        "One feature",
        [referred("collectionId"), referred("featureId")],
        GEOJSON_TYPES,
        "Feature",
      ),
    },
  };
}

/**
 * The paths of items. A collection of its own has its own path. All that lie below rows have one path, with the parameters of
 * them all: GDAL looks there for the parameters of a collection that has no path of its own.
 */
function itemPaths(kinds: readonly Kind[]) {
  const own = kinds.filter(({ each }) => each === undefined);
  const paths = own.map((kind) => {
    const { id, title } = kind.rules;
    const parameters = itemParametersOf([kind], itemLimit([kind]));
    const get = operation(`get_${id}`, title, parameters, GEOJSON_TYPES, "FeatureCollection");
    return [`/collections/${id}/items`, { get }] as const;
  });
  const parameters = [referred("collectionId"), ...itemParametersOf(mostKinds(kinds), referred("limit"))];
  const get = operation(
    "getFeatures",
    "Features of a collection",
    parameters,
    GEOJSON_TYPES,
    "FeatureCollection",
  );
  return { ...Object.fromEntries(paths), "/collections/{collectionId}/items": { get } };
}

/** The kinds whose items have the path with a variable. */
function mostKinds(kinds: readonly Kind[]): readonly Kind[] {
  const below = kinds.filter(({ each }) => each !== undefined);
  return below.length > 0 ? below : kinds;
}

function itemLimit(kinds: readonly Kind[]): Parameter {
  return limitUpTo(
    Math.max(1, ...kinds.map(largestLimit)),
    "How many features a page has at most. A page may have fewer and still have a next one.",
  );
}

function itemParametersOf(kinds: readonly Kind[], limit: Parameter): Parameter[] {
  const named = new Map(kinds.flatMap(({ selectors }) => selectors.map((it) => [it.name, it] as const)));
  const selecting = [...named.values()].map(({ name, path }) =>
    inQuery(name, "Only features with this value.", oneOf(path.at(-1) as DescField)),
  );
  return [
    limit,
    ...(kinds.some(({ box }) => box) ? [BBOX] : []),
    ...(kinds.some(({ changedFrom }) => changedFrom) ? [DATE_TIME] : []),
    ...selecting,
    referred("page_token"),
  ];
}

/** What a parameter is that selects by a value. The prefix that the names of an enum share may be left out. */
function oneOf(field: DescField): Schema {
  const { enum: names, ...schema } = valueSchema(field);
  return names === undefined ? schema : { ...schema, example: (names as string[])[0] };
}

const BBOX: Parameter = {
  ...inQuery(
    "bbox",
    "Only features that touch this box: west, south, east, north in degrees; with heights after south and after north. Where west is greater than east, it crosses 180°.",
    { type: "array", minItems: 4, maxItems: 6, items: { type: "number" } },
  ),
  style: "form",
  explode: false,
};

const DATE_TIME = inQuery(
  "datetime",
  "Only features that were last changed then: a time (RFC 3339), or an interval, of which one end may be open (`..`).",
  { type: "string" },
);

function limitUpTo(maximum: number, description: string): Parameter {
  const schema = { type: "integer", minimum: 1, maximum, default: Math.min(LIMIT_DEFAULT, maximum) };
  return inQuery("limit", `${description} A larger number is reduced to the largest.`, schema);
}

function inQuery(name: string, description: string, schema: Schema): Parameter {
  return { name, in: "query", required: false, description, schema };
}

function inPath(name: string, description: string): Parameter {
  return { name, in: "path", required: true, description, schema: { type: "string" } };
}

function referred(name: string): Parameter {
  return { $ref: `#/components/parameters/${name}` };
}

function operation(
  operationId: string,
  summary: string,
  parameters: readonly Parameter[],
  types: readonly string[],
  schema: string,
) {
  return {
    operationId,
    summary,
    tags: ["Features"],
    ...(parameters.length > 0 && { parameters }),
    responses: {
      "200": answerOf(summary, types, schema),
      "304": { description: "The client has it as it is." },
      "400": PROBLEM,
      "401": PROBLEM,
      "404": PROBLEM,
      "406": PROBLEM,
      "429": PROBLEM,
      "500": PROBLEM,
      "503": PROBLEM,
    },
  };
}

function answerOf(description: string, types: readonly string[], schema: string) {
  const content = { schema: { $ref: `#/components/schemas/${schema}` } };
  return { description, content: Object.fromEntries(types.map((type) => [type, content])) };
}
