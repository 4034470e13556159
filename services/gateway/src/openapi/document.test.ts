import { Validator } from "@seriousme/openapi-schema-validator";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
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
