import type { DescService } from "@bufbuild/protobuf";
import { commentOf } from "@tessera/contracts/comments.ts";
import { resolversOf } from "../documents/included.ts";
import { deprecationsOf } from "../routes/deprecation.ts";
import { routesOf, routeTable } from "../routes/route-table.ts";
import { writableFields } from "./bodies.ts";
import { COMPONENTS, SECURITY_SCHEMES } from "./components.ts";
import { withExamples } from "./examples.ts";
import type { Schema } from "./field-rules.ts";
import { pathsOf, tagOf } from "./operations.ts";
import { OWN_TAG } from "./own-operation.ts";
import { OWN_PATHS } from "./own-paths.ts";
import { proseOf } from "./prose.ts";
import { SchemaBook } from "./schema-book.ts";

/** An OpenAPI document. */
export interface OpenApiDocument extends Schema {
  openapi: string;
  paths: Record<string, Record<string, Schema>>;
  components: { schemas: Record<string, Schema> } & Record<string, Record<string, Schema>>;
}

/** The version of the surface: the number in the paths, and the releases of it. */
const VERSION = "1.0.0";

const ABOUT = `Map tasking: projects are cut into tasks, people lock a task, map it and hand it in, others validate it.

- Requests are strict: a field or parameter that is unknown, or of another type, is refused by its name.
- 64-bit numbers are strings. Times are RFC 3339 in UTC. Areas are GeoJSON (WGS 84).
- Commands take an \`Idempotency-Key\`: sent again with the same key, a command has no second effect.
- Every error is a problem document (RFC 9457). One with a \`reason\` means that nothing happened; each reason has a page.
- Documents have an \`ETag\`. Send it back as \`If-None-Match\` to read again, and as \`If-Match\` to change.
- HEAD is answered wherever GET is.
- Described elsewhere: what lies below \`/ogc\` (in \`/ogc/api\`), RPCs of Connect and gRPC-Web (in their contracts), and pages for
  people, which are not versioned.`;

/** Makes the OpenAPI 3.1 document of services. All of it is derived from their contracts, and from what the gateway does. */
export function openApiDocument(services: readonly DescService[]): OpenApiDocument {
  const book = new SchemaBook();
  const table = routeTable(services);
  const writable = writableFields(services);
  const resolvers = resolversOf(services);
  const deprecations = deprecationsOf(services);
  const paths = pathsOf({ services, table, book, writable, resolvers, deprecations });
  withExamples(paths, book.schemas);
  const used = services.filter(({ methods }) => methods.some((it) => routesOf(it).length > 0));
  const tags = used.map((it) => ({ name: tagOf(it), description: proseOf(commentOf(it)) }));
  const document = {
    openapi: "3.1.0",
    info: {
      title: "Tessera",
      version: VERSION,
      description: ABOUT,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The deployment that this document comes from." }],
    tags: [...tags, OWN_TAG],
    security: [{ oauth2: [] }, { bearer: [] }],
    paths: { ...paths, ...OWN_PATHS },
    components: {
      ...COMPONENTS,
      parameters: book.parameters,
      schemas: sorted(book.schemas),
      responses: sorted({ ...book.responses, ...COMPONENTS.responses }),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
  return document as unknown as OpenApiDocument;
}

function sorted(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1)));
}
