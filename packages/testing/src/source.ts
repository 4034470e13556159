import { parseSync } from "oxc-parser";
import { loopsIn } from "./own-loops.ts";

/** What the rules of the house want to know of a file. */
export interface Source {
  path: string;
  lines: number;
  /** What it imports, by `import`, by `import()`, or as a file for a worker. */
  imports: string[];
  exportsDefault: boolean;
  exportsAll: boolean;
  /** Whether it does something by itself when it is run. */
  isCommand: boolean;
  functions: { line: number; lines: number }[];
  /** The lines that have a tagged template, which is SQL unless it is String.raw, or a statement as text. */
  sql: number[];
  /** The lines of loops with their own timer. */
  ownLoops: number[];
}

const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

export function readSource(path: string, text: string): Source {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  return {
    path,
    lines: text.trimEnd().split("\n").length,
    imports: [
      ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...module.dynamicImports.map(({ moduleRequest }) =>
        text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
      ),
      ...[...text.matchAll(/new URL\("(\.[^"]+\.ts)"/g)].map((match) => match[1] as string),
    ],
    exportsDefault: exported.some(({ exportName }) => exportName.kind === "Default"),
    exportsAll: exported.some(
      ({ importName }) => importName.kind === "All" || importName.kind === "AllButDefault",
    ),
    isCommand: text.includes("import.meta.main"),
    functions: functionsIn(program).map(({ start, end }) => ({
      line: lineAt(start),
      lines: text.slice(start, end).split("\n").length,
    })),
    ownLoops: loopsIn(program).map(lineAt),
    sql: sqlIn(program).map(lineAt),
  };
}

function functionsIn(node: unknown): { start: number; end: number }[] {
  if (typeof node !== "object" || node === null) return [];
  const below = Object.values(node).flatMap(functionsIn);
  const { type, start, end } = node as { type?: string; start: number; end: number };
  return type !== undefined && FUNCTIONS.includes(type) ? [{ start, end }, ...below] : below;
}

/** The tags of templates that make pages and sentences of the console. */
const TEXT_TAGS = ["html", "say"];

/** Where tagged templates of SQL and calls of `unsafe` begin. */
function sqlIn(node: unknown): number[] {
  if (typeof node !== "object" || node === null) return [];
  const below = Object.values(node).flatMap(sqlIn);
  const { type, start, tag, callee } = node as Record<string, Named> & { type?: string; start: number };
  const isSql =
    type === "TaggedTemplateExpression" &&
    tag?.object?.name !== "String" &&
    !TEXT_TAGS.includes(tag?.name ?? "");
  const isText = type === "CallExpression" && callee?.property?.name === "unsafe";
  return isSql || isText ? [start, ...below] : below;
}

interface Named {
  name?: string;
  object?: { name?: string };
  property?: { name?: string };
}
