import { posix } from "node:path";
import { readSource, type Source } from "../source.ts";
import { englishBreaches } from "./english-rules.ts";
import { roomBreaches } from "./room-rules.ts";
import { ofStores } from "./sql-rules.ts";

/** A file of the repository, by its path from the top. */
export type Files = ReadonlyMap<string, string>;

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 70;
export const FOLDER_FILES_MAX = 40;
export const README_LINES_MAX = 150;

const EVERY_PACKAGE = [
  "contracts",
  "rpc",
  "identity",
  "postgres",
  "embedded-postgres",
  "feeds",
  "runtime",
  "geometry",
];

/** The permitted imports: a package or service, and the packages that it may use. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "packages/contracts": [],
  "packages/runtime": [],
  "packages/embedded-postgres": [],
  "packages/geometry": ["contracts"],
  "packages/rpc": ["contracts", "runtime"],
  "packages/postgres": ["contracts", "rpc", "runtime"],
  "packages/feeds": ["contracts", "rpc", "postgres", "runtime"],
  "packages/identity": ["contracts", "rpc", "feeds", "runtime"],
  // For programs of other people: no server code.
  "packages/client": ["contracts"],
  "packages/cli": ["contracts", "client"],
  "packages/launch": EVERY_PACKAGE,
  "packages/testing": EVERY_PACKAGE,
  "services/auth": ["contracts", "rpc", "identity", "postgres", "feeds", "runtime"],
  "services/project": ["contracts", "rpc", "identity", "postgres", "feeds", "runtime", "geometry"],
  "services/task": ["contracts", "rpc", "identity", "postgres", "feeds", "runtime", "geometry"],
  "services/gateway": ["contracts", "rpc", "identity", "runtime", "geometry"],
  "services/console": ["contracts", "rpc", "runtime", "geometry"],
};
/** What tests may import as well. */
const TESTS_IMPORT = ["testing", "postgres", "embedded-postgres"];
/** The contracts that a package may know: all, or those of the services named. */
const MAY_KNOW: Record<string, RegExp> = {
  "packages/client": /./,
  "packages/cli": /./,
  "packages/contracts": /./,
  "packages/identity": /^auth$/,
  "packages/launch": /./,
  "packages/testing": /./,
};
/** The files that put the services together, for tests. */
const WHOLE_SYSTEM = ["system", "console-system", "screenshots"].map((it) => `packages/testing/src/${it}.ts`);
const VAGUE = /(^|\/)(utils?|helpers?|common|shared)(\.|\/|$)/;
const TEST = /\.test\.ts$|\.table\.ts$|\/src\/(.*\/)?testing\//;
const ENTRY_POINT =
  /\/(main|migrate|distribute|rebuild-progress|release|global-setup|property-seed|screenshots)\.ts$|^services\/console\/src\/browser\/|^vitest\.config\.ts$/;

/** The one loop, the programs whose loops are the load that they measure, and what tests need. */
const OWN_LOOPS =
  /^packages\/(runtime\/src\/repeat\.ts|launch\/src\/(bench|prove)\/.*|testing\/.*)$|^services\/console\/src\/browser\//;

/** Every breach of the rules of the house, as sentences. */
export function breaches(files: Files): string[] {
  const sources = [...files]
    .filter(
      ([path]) => /^(packages|services)\/.*\.ts$|^vitest\.config\.ts$/.test(path) && !path.includes("/gen/"),
    )
    .map(([path, text]) => readSource(path, text));
  return [
    ...sources.flatMap((source) => [...ofSize(source), ...ofExports(source), ...ofImports(source)]),
    ...sources.flatMap((source) => ofStores(source, TEST.test(source.path))),
    ...sources.flatMap(ofLoops),
    ...ofFolders(sources),
    ...ofNames(files),
    ...ofUnused(sources, files),
    ...ofLinks(files),
    ...englishBreaches(files),
    ...ofReadmes(files),
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
    if (other === room) return isTest ? [] : roomBreaches(room, path, target);
    if (WHOLE_SYSTEM.includes(path)) return [];
    const allowed = [...(MAY_IMPORT[room] ?? []), ...(isTest ? TESTS_IMPORT : [])].map(
      (it) => `packages/${it}`,
    );
    if (!allowed.includes(other)) return [`${path} imports ${other}`];
    const [, known] = /\/tessera\/(auth|project|task)\//.exec(target) ?? [];
    const mayKnow = room === "services/gateway" || room.startsWith("packages/") ? MAY_KNOW[room] : /./;
    return known === undefined || isTest || mayKnow?.test(known)
      ? []
      : [`${path} knows a service: ${specifier}`];
  });
}

function ofLoops({ path, ownLoops }: Source): string[] {
  if (TEST.test(path) || OWN_LOOPS.test(path)) return [];
  return ownLoops.map((line) => `${path}:${line} has a loop with its own timer: use repeat() or p-retry`);
}

function ofFolders(sources: Source[]): string[] {
  return [...Map.groupBy(sources, ({ path }) => posix.dirname(path))]
    .filter(([, inside]) => inside.length > FOLDER_FILES_MAX)
    .map(([folder, inside]) => `${folder} has ${inside.length} files`);
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

/** A service README is a page or two; what is longer belongs to the contract, beside the code or in docs. */
function ofReadmes(files: Files): string[] {
  return [...files]
    .filter(([path]) => /^(services\/[^/]+\/)?README\.md$/.test(path))
    .map(([path, text]) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > README_LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
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
