import { exampleOf } from "./example.ts";
import type { Schema } from "./field-rules.ts";

/** The media types whose examples are JSON documents. */
const SHOWN = /^application\/(?:[\w.-]+\+)?json$/;

/** Puts an example into each JSON body of some paths, and into each parameter that must be given. */
export function withExamples(
  paths: Record<string, Record<string, Schema>>,
  schemas: Record<string, Schema>,
): void {
  for (const operation of Object.values(paths).flatMap((item) => Object.values(item))) {
    const { parameters = [], requestBody, responses } = operation as unknown as Operation;
    for (const parameter of parameters) {
      if (parameter.required && parameter.schema !== undefined && parameter.example === undefined)
        parameter.example = exampleOf(parameter.schema as Schema, schemas);
    }
    for (const body of [requestBody, ...Object.values(responses)]) putExamples(body?.content, schemas);
  }
}

interface Operation {
  parameters?: Schema[];
  requestBody?: Body;
  responses: Record<string, Body>;
}

interface Body {
  content?: Record<string, Schema>;
}

function putExamples(content: Body["content"], schemas: Record<string, Schema>): void {
  for (const [type, media] of Object.entries(content ?? {})) {
    if (SHOWN.test(type)) media.example = exampleOf(media.schema as Schema, schemas);
  }
}
