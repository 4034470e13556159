import { readFileSync } from "node:fs";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { describe, expect, test } from "vitest";
import { breakingChanges } from "./compare-documents.ts";
import { type OpenApiDocument, openApiDocument } from "./document.ts";
import type { Schema } from "./field-rules.ts";
import { RELEASED, readReleased } from "./released.ts";

const document = openApiDocument(SERVICES);

// biome-ignore lint/suspicious/noExplicitAny: a document is changed in ways that no type has
type Loose = any;

/** What is found where a document is changed. */
function changed(change: (paths: Loose, schemas: Loose) => void): string[] {
  const after = structuredClone(document);
  change(after.paths, after.components.schemas);
  return breakingChanges(document, after);
}

const LOCK = "/v1/projects/{project_id}/tasks/{task_id}/lock";

const BREAKING: [what: string, change: (paths: Loose, schemas: Loose) => void, found: string][] = [
  ["a path that is gone", (paths) => delete paths[LOCK], `PUT ${LOCK}: is no operation any more`],
  ["a method that is gone", (paths) => delete paths[LOCK].patch, `PATCH ${LOCK}: is no operation any more`],
  [
    "another name of an operation",
    (paths) => {
      paths[LOCK].put.operationId = "TakeLock";
    },
    "was called LockTask",
  ],
  [
    "a field that is gone from an answer",
    (_, { Lock }) => delete Lock.properties.purpose,
    "/purpose: is no member any more",
  ],
  [
    "an included part that is gone",
    (paths) => {
      paths[LOCK].get.responses["200"].content["application/json"].schema = {
        $ref: "#/components/schemas/Lock",
      };
    },
    "/included: is no member any more",
  ],
  [
    "a field of an answer with another type",
    (_, { Lock }) => {
      Lock.properties.token = { type: "integer" };
    },
    "/token: was string and is integer",
  ],
  [
    "a field of an answer that may be absent now",
    (_, { Lock }) => {
      Lock.required = Lock.required.filter((it: string) => it !== "token");
    },
    "/token: was always there",
  ],
  [
    "a parameter that is required now",
    (paths) => paths[LOCK].get.parameters.push({ name: "why", in: "query", required: true, schema: {} }),
    "query why: must be given now",
  ],
  [
    "a parameter that is gone",
    (paths) => {
      const { get } = paths["/v1/projects"];
      get.parameters = get.parameters.filter((it: Schema) => it.name !== "page_size");
    },
    "query page_size: is no parameter any more",
  ],
  [
    "a field of a request that is required now",
    (_, { ClaimTaskBody }) => ClaimTaskBody.required.push("order"),
    "/order: must be given now",
  ],
  [
    "a field that a request may not have any more",
    (_, { ClaimTaskBody }) => delete ClaimTaskBody.properties.longitude,
    "/longitude: is no member any more",
  ],
  [
    "a value of an enum that is not taken any more",
    (_, { LockTaskBody }) => LockTaskBody.properties.purpose.enum.pop(),
    "does not take LOCK_PURPOSE_VALIDATION any more",
  ],
  [
    "a limit that is narrower",
    (_, { LockTasksBody }) => {
      LockTasksBody.properties.task_ids.maxItems = 50;
    },
    "/task_ids: maxItems fell",
  ],
  [
    "a limit that is new",
    (_, { CreateProjectBody }) => {
      CreateProjectBody.properties.imagery.minLength = 3;
    },
    "/imagery: minLength rose",
  ],
  [
    "a pattern that is new",
    (_, { CreateProjectBody }) => {
      CreateProjectBody.properties.name.pattern = "^[a-z]+$";
    },
    "/name: pattern is another",
  ],
  [
    "a media type of an answer that is gone",
    (paths) => delete paths["/v1/projects"].get.responses["200"].content["text/csv"],
    "text/csv is no media type",
  ],
  [
    "a media type of a request that is gone",
    (paths) => delete paths[LOCK].patch.requestBody.content["application/merge-patch+json"],
    "application/merge-patch+json is no media type",
  ],
  [
    "a status that is gone",
    (paths) => delete paths[LOCK].put.responses["201"],
    "is never answered 201 any more",
  ],
  [
    "a header that is gone",
    (paths) => delete paths[LOCK].put.responses["201"].headers.Location,
    "has no header Location any more",
  ],
  [
    "a choice of a request that is gone",
    (_, { AreaInput }) => AreaInput.oneOf.shift(),
    "takes one choice less",
  ],
  [
    "another scope",
    (paths) => {
      paths[LOCK].put.security = [{ oauth2: ["administration"] }];
    },
    "asks for another token or scope",
  ],
  [
    "a token where none was needed",
    (paths) => paths[LOCK].get.security.shift(),
    "asks for another token or scope",
  ],
];

describe("a change that breaks clients is found", () => {
  test.each(BREAKING)("%s", (_, change, found) => {
    expect(changed(change).join("\n")).toContain(found);
  });
});

const HARMLESS: [what: string, change: (paths: Loose, schemas: Loose) => void][] = [
  ["nothing", () => {}],
  ["a new path", (paths) => Object.assign(paths, { "/v1/new": paths["/v1/projects"] })],
  ["a new field of an answer", (_, { Lock }) => Object.assign(Lock.properties, { more: { type: "string" } })],
  [
    "a new field of a request",
    (_, it) => Object.assign(it.ClaimTaskBody.properties, { more: { type: "string" } }),
  ],
  ["a wider limit", (_, it) => Object.assign(it.LockTasksBody.properties.task_ids, { maxItems: 500 })],
  ["a new parameter", (paths) => paths[LOCK].get.parameters.push({ name: "more", in: "query", schema: {} })],
  [
    "a part that an answer may include",
    (paths) => {
      const content = paths[LOCK].get.responses["200"].content["application/json"];
      content.schema = { allOf: [content.schema, { type: "object", properties: { more: {} } }] };
    },
  ],
  ["another text", (_, { Lock }) => Object.assign(Lock, { description: "Another." })],
];

describe("a change that breaks nobody is not found", () => {
  test.each(HARMLESS)("%s", (_, change) => {
    expect(changed(change)).toEqual([]);
  });
});

test("the released document has every operation of this one, or less", () => {
  const released: OpenApiDocument = readReleased(readFileSync(RELEASED, "utf8"));
  expect(Object.keys(released.paths).length).toBeGreaterThan(100);
  expect(breakingChanges(released, document)).toEqual([]);
});
