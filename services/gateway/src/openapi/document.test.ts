import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { routesOf } from "../routes/route-table.ts";
import { type OpenApiDocument, openApiDocument } from "./document.ts";
import { downConverted } from "./down-convert.ts";
import { exampleOf } from "./example.ts";

const document = openApiDocument(SERVICES);

test.each([
  ["3.1", document],
  ["3.0", downConverted(document)],
])("the document is valid OpenAPI %s", async (version, it) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(it));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe(version);
});

test.each([
  ["3.1", document],
  ["3.0", downConverted(document)],
])("the linter has nothing to say about the document of %s, by its recommended rules", async (_, it) => {
  const config = await createConfig({ extends: ["recommended"] });
  const source = JSON.stringify(it);
  const problems = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
    [],
  );
});

const OPERATIONS = Object.values(document.paths).flatMap((item) => Object.values(item));

test("every RPC that has a route is in the document, with its scope", () => {
  const named = OPERATIONS.flatMap((it) => (it["x-rpcs"] ?? []) as string[]);
  const rpcs = SERVICES.flatMap(({ methods }) => methods).filter((it) => routesOf(it).length > 0);
  expect(new Set(named)).toEqual(new Set(rpcs.map((it) => `${it.parent.typeName}.${it.name}`)));
  const operation = OPERATIONS.find(({ operationId }) => operationId === "LockTask");
  expect(operation?.security).toEqual([{ oauth2: ["tasks:write"] }, { bearer: [] }]);
});

test("every operation has an id of its own", () => {
  const ids = OPERATIONS.map(({ operationId }) => operationId);
  expect(ids.length).toBe(new Set(ids).size);
});

test("each schema has an example that is valid", () => {
  const ajv = ajvOf(document);
  const wrong = Object.keys(document.components.schemas).flatMap((name) => {
    const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
    const example = exampleOf(document.components.schemas[name] ?? {}, document.components.schemas);
    return validate?.(example)
      ? []
      : [[name, example, validate?.errors?.map((e) => `${e.instancePath} ${e.message}`)]];
  });
  expect(wrong).toEqual([]);
});

function ajvOf(of: OpenApiDocument): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  (addFormats as unknown as (it: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: "openapi", ...of });
  return ajv;
}
