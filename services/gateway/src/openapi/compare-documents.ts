import { compareSchemas, type Pair, type Report, type Way } from "./compare-schemas.ts";
import type { OpenApiDocument } from "./document.ts";
import type { Schema } from "./field-rules.ts";

/** Lists the changes from one document to another that break clients of the first, each in a line. */
export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument): string[] {
  const found = new Set<string>();
  const pair: Pair = { before: before.components.schemas, after: after.components.schemas, seen: new Set() };
  const paths = new Map(Object.entries(after.paths).map(([path, item]) => [shapeOf(path), item]));
  for (const [path, item] of Object.entries(before.paths)) {
    for (const [method, old] of Object.entries(item)) {
      const now = paths.get(shapeOf(path))?.[method];
      const where = `${method.toUpperCase()} ${path}`;
      const report: Report = (at, what) => void found.add(`${at}: ${what}`);
      if (now === undefined) report(where, "is no operation any more");
      else compareOperations({ before, after, pair, where, report }, old, now);
    }
  }
  return [...found];
}

/** What variables are called does not matter to who fills them. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]+\}/g, "{}");
}

interface At {
  before: OpenApiDocument;
  after: OpenApiDocument;
  pair: Pair;
  where: string;
  report: Report;
}

function compareOperations(at: At, old: Schema, now: Schema): void {
  const { where, report } = at;
  if (old.operationId !== now.operationId)
    report(where, `was called ${old.operationId} and is called ${now.operationId}`);
  compareSecurity(at, old, now);
  compareParameters(at, old, now);
  compareBodies(at, old, now);
  compareResponses(at, old, now);
}

/** Callers that an operation took before are still taken. */
function compareSecurity({ where, report }: At, old: Schema, now: Schema): void {
  const [before, after] = [old.security ?? [], now.security ?? []] as [Schema[], Schema[]];
  const open = after.some((it) => Object.keys(it).length === 0) || after.length === 0;
  if (open) return;
  const kept = before.length > 0 && before.every((it) => after.some((other) => isNoMore(other, it)));
  if (!kept) report(where, "asks for another token or scope");
}

/** Whether one set of schemes and scopes asks for nothing that another does not have. */
function isNoMore(asked: Schema, had: Schema): boolean {
  return Object.entries(asked).every(([scheme, scopes]) => {
    const known = had[scheme] as string[] | undefined;
    return known !== undefined && (scopes as string[]).every((it) => known.includes(it));
  });
}

function parametersOf({ components }: OpenApiDocument, { parameters }: Schema): Map<string, Schema> {
  const all = ((parameters ?? []) as Schema[]).map((it) => {
    if (typeof it.$ref !== "string") return it;
    return components.parameters?.[it.$ref.split("/").at(-1) as string] ?? {};
  });
  return new Map(all.map((it, index) => [it.in === "path" ? `path ${index}` : `${it.in} ${it.name}`, it]));
}

function compareParameters({ before, after, pair, where, report }: At, old: Schema, now: Schema): void {
  const known = parametersOf(before, old);
  const present = parametersOf(after, now);
  for (const [name, parameter] of known) {
    const other = present.get(name);
    const at = `${where} ${name}`;
    if (other === undefined) report(at, "is no parameter any more");
    else compareSchemas(pair, "sent", at, [parameter.schema, other.schema], report);
  }
  for (const [name, { required }] of present) {
    if (required === true && known.get(name)?.required !== true)
      report(`${where} ${name}`, "must be given now");
  }
}

function compareBodies(at: At, old: Schema, now: Schema): void {
  const { where, report } = at;
  const [before, after] = [old.requestBody, now.requestBody] as (Schema | undefined)[];
  if (after?.required === true && before?.required !== true) report(where, "must have a body now");
  if (before !== undefined) compareContent({ ...at, where: `${where} body` }, "sent", before, after ?? {});
}

function compareContent({ pair, where, report }: At, way: Way, old: Schema, now: Schema): void {
  const [before, after] = [old.content ?? {}, now.content ?? {}] as Record<string, Schema>[];
  for (const [type, { schema }] of Object.entries(before ?? {})) {
    const other = after?.[type];
    if (other === undefined) report(where, `${type} is no media type of it any more`);
    else compareSchemas(pair, way, where, [schema, other.schema], report);
  }
}

function compareResponses(at: At, old: Schema, now: Schema): void {
  const { where, report, before, after } = at;
  const present = now.responses as Record<string, Schema>;
  for (const [status, response] of Object.entries(old.responses as Record<string, Schema>)) {
    // A reason for which nothing is refused any more breaks nobody.
    if (!/^[123]/.test(status)) continue;
    const other = present[status];
    if (other === undefined) report(where, `is never answered ${status} any more`);
    else {
      const [one, two] = [responseIn(before, response), responseIn(after, other)];
      compareContent({ ...at, where: `${where} ${status}` }, "read", one, two);
      for (const name of Object.keys((one.headers ?? {}) as object))
        if ((two.headers as Schema | undefined)?.[name] === undefined)
          report(`${where} ${status}`, `has no header ${name} any more`);
    }
  }
}

function responseIn({ components }: OpenApiDocument, response: Schema): Schema {
  if (typeof response.$ref !== "string") return response;
  return components.responses?.[response.$ref.split("/").at(-1) as string] ?? {};
}
