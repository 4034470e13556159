import { posix } from "node:path";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { readSource, type Source } from "../source.ts";

/** A file of the repository, by its path from the top. */
export type Files = ReadonlyMap<string, string>;

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 70;

/** Who may import whom: a package or service, and the packages that it may use. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "packages/contracts": [],
  "packages/runtime": [],
  "packages/geometry": ["contracts"],
  "packages/rpc": ["contracts"],
  "packages/postgres": ["contracts", "rpc", "runtime"],
  "packages/launch": ["contracts", "rpc", "postgres", "runtime", "geometry"],
  "packages/testing": ["contracts", "rpc", "postgres", "runtime", "geometry"],
  "services/auth": ["contracts", "rpc", "postgres", "runtime"],
  "services/project": ["contracts", "rpc", "postgres", "runtime", "geometry"],
  "services/task": ["contracts", "rpc", "postgres", "runtime", "geometry"],
  "services/gateway": ["contracts", "rpc", "runtime", "geometry"],
};
/** The one file that puts the services together, for tests. */
const WHOLE_SYSTEM = "packages/testing/src/system.ts";
const VAGUE = /(^|\/)(utils?|helpers?|common|shared)(\.|\/|$)/;
const TEST = /\.test\.ts$|\.table\.ts$|\/src\/(.*\/)?testing\//;
const ENTRY_POINT = /\/(main|migrate|rebuild-progress|global-setup)\.ts$|^vitest\.config\.ts$/;

/** The RPCs of each service, after which files are named. */
const RPC_FILES = Map.groupBy(
  SERVICES.flatMap(({ methods }) => methods),
  (method) => method.parent.typeName.split(".")[1] as string,
);

/** Every breach of the rules of the house, as sentences. */
export function breaches(files: Files): string[] {
  const sources = [...files]
    .filter(
      ([path]) => /^(packages|services)\/.*\.ts$|^vitest\.config\.ts$/.test(path) && !path.includes("/gen/"),
    )
    .map(([path, text]) => readSource(path, text));
  return [
    ...sources.flatMap((source) => [...ofSize(source), ...ofExports(source), ...ofImports(source)]),
    ...ofNames(files),
    ...ofUnused(sources, files),
    ...ofLinks(files),
  ];
}

function ofSize({ path, lines, functions }: Source): string[] {
  const isTest = TEST.test(path);
  return [
    ...(lines > FILE_LINES_MAX && !path.endsWith(".table.ts") ? [`${path} has ${lines} lines`] : []),
    ...functions
      .filter((it) => it.lines > FUNCTION_LINES_MAX && !isTest)
      .map((it) => `${path}:${it.line} has a function of ${it.lines} lines`),
  ];
}

function ofExports({ path, exportsDefault, exportsAll }: Source): string[] {
  return [
    ...(exportsDefault && path !== "vitest.config.ts" ? [`${path} has a default export`] : []),
    ...(exportsAll ? [`${path} exports *`] : []),
  ];
}

function ofImports({ path, imports }: Source): string[] {
  const room = roomOf(path);
  const isTest = TEST.test(path);
  return imports.flatMap((specifier) => {
    const target = resolve(path, specifier);
    if (target === undefined) return [];
    const other = roomOf(target);
    if (other === room) return withinService(path, target, isTest);
    if (path === WHOLE_SYSTEM) return [];
    const allowed = [...(MAY_IMPORT[room] ?? []), ...(isTest ? ["testing"] : [])].map(
      (it) => `packages/${it}`,
    );
    if (!allowed.includes(other)) return [`${path} imports ${other}`];
    const domain = /\/tessera\/(auth|project|task)\//.test(target);
    return room === "services/gateway" && domain && !isTest ? [`${path} knows a service: ${specifier}`] : [];
  });
}

/** main -> start -> service, <noun>-service -> <rpc>.ts -> the domain and the store; RPCs do not know each other. */
function withinService(path: string, target: string, isTest: boolean): string[] {
  const [, service = ""] = path.split("/");
  const isRpc = RPC_FILES.get(service)?.some(({ name }) => `${kebab(name)}.ts` === posix.basename(target));
  if (isTest || !path.startsWith("services/") || !isRpc) return [];
  return /[/-]service\.ts$/.test(path) ? [] : [`${path} imports the RPC ${posix.basename(target)}`];
}

function ofNames(files: Files): string[] {
  return [...files.keys()]
    .filter(
      (path) => /^(packages|services|proto)\//.test(path) && !path.includes("/gen/") && VAGUE.test(path),
    )
    .map((path) => `${path} has a name that says nothing`);
}

function ofUnused(sources: Source[], files: Files): string[] {
  const scripts = [...files]
    .filter(([path]) => path.endsWith("package.json"))
    .map(([, text]) => text)
    .join();
  const used = new Set(sources.flatMap((source) => source.imports.map((it) => resolve(source.path, it))));
  return sources
    .filter(
      ({ path, isCommand }) =>
        !used.has(path) &&
        !TEST.test(path) &&
        !ENTRY_POINT.test(path) &&
        !scripts.includes(path) &&
        !isCommand,
    )
    .map(({ path }) => `${path} is imported by nobody`);
}

function ofLinks(files: Files): string[] {
  const there = (target: string) =>
    target === "" || [...files.keys()].some((it) => it === target || it.startsWith(`${target}/`));
  return [...files]
    .filter(([path]) => path.endsWith(".md"))
    .flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] as string)
        .filter((link) => !/^(https?:|mailto:|#)/.test(link))
        .filter(
          (link) =>
            !there(
              posix.normalize(posix.join(posix.dirname(path), link.split("#")[0] ?? "")).replace(/\/$/, ""),
            ),
        )
        .map((link) => `${path} links to ${link}, which is not there`),
    );
}

/** The package or service that a file belongs to: "packages/rpc". */
function roomOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/** The file that an import names; undefined for packages of others. */
function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(from), specifier));
  const match = /^@tessera\/([^/]+)\/(.*)$/.exec(specifier);
  if (match === null) return undefined;
  const [, name, file = ""] = match;
  return `packages/${name}/${file.endsWith("_pb.ts") ? "gen" : "src"}/${file}`;
}

function kebab(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}
