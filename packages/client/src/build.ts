// Makes dist/ of the sources, for `npm pack` and `npm publish`: JavaScript and types, with the contracts inside. In the
// repository nothing is built: Node runs the sources as they are.
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = fileURLToPath(new URL("../../", import.meta.url));
const PACKAGE = join(PACKAGES, "client");
const STAGED = join(PACKAGE, "dist/staged");
const ENTRIES = ["client/src/index.ts", "client/src/grpc.ts"];
const MESSAGES = "contracts/gen/tessera/**/*_pb.ts";
const IMPORT = /(\bfrom |\bimport )"([^"]+)"/g;
const OPTIONS = {
  target: "es2023",
  lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
  types: [],
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  declaration: true,
  skipLibCheck: true,
  rootDir: ".",
  outDir: "..",
};

/** The file that an import of ours names, from the top of packages/; undefined for packages of others. */
function fileOf(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(importer), specifier);
  const contracts = /^@tessera\/contracts\/(.+)$/.exec(specifier)?.[1];
  return contracts && `contracts/${contracts.endsWith("_pb.ts") ? "gen" : "src"}/${contracts}`;
}

/** Where a file lies in dist: the sources of the client without src/. */
function placeOf(file: string): string {
  return file.replace(/^client\/src\//, "client/");
}

function stage(file: string, staged: Set<string>): void {
  if (staged.has(file)) return;
  staged.add(file);
  const text = readFileSync(join(PACKAGES, file), "utf8").replace(IMPORT, (whole, keyword, specifier) => {
    const target = fileOf(file, specifier);
    if (target === undefined) return whole;
    stage(target, staged);
    const path = relative(dirname(placeOf(file)), placeOf(target)).replace(/\.ts$/, ".js");
    return `${keyword}"${path.startsWith(".") ? path : `./${path}`}"`;
  });
  const path = join(STAGED, placeOf(file));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (import.meta.main) {
  rmSync(join(PACKAGE, "dist"), { recursive: true, force: true });
  const staged = new Set<string>();
  for (const file of [...ENTRIES, ...globSync(MESSAGES, { cwd: PACKAGES })]) stage(file, staged);
  writeFileSync(
    join(STAGED, "tsconfig.json"),
    JSON.stringify({ compilerOptions: OPTIONS, include: ["."], exclude: [] }),
  );
  execFileSync("tsc", ["--project", STAGED], { stdio: "inherit" });
  rmSync(STAGED, { recursive: true });
}
