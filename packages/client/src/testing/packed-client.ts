import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
export const ROOT = join(PACKAGE, "../..");
export const README = join(PACKAGE, "README.md");
export const RECIPES = join(ROOT, "docs/recipes");
/** What those who write programs have beside the client: types of Node. */
const BESIDE = ["@types/node", "undici-types"];

const run = promisify(execFile);

/** Packs the client and unpacks it as npm does, in an empty folder, beside the dependencies that it names and no others. */
export async function installPacked(folder: string): Promise<void> {
  await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: PACKAGE });
  const { name, version, dependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const place = join(folder, "node_modules", name);
  mkdirSync(place, { recursive: true });
  const packed = join(folder, `tessera-client-${version}.tgz`);
  await run("tar", ["--extract", "--file", packed, "--strip-components=1", "--directory", place]);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const dependency of [...Object.keys(dependencies), ...BESIDE]) {
    const link = join(folder, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", dependency), link);
  }
}

/** The first program in a language below each heading of a document. */
export function programsIn(document: string, language: "ts" | "sh"): Map<string, string> {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m");
  const sections = readFileSync(document, "utf8").split("\n## ").slice(1);
  return new Map(
    sections.flatMap((section) => {
      const code = block.exec(section)?.[1];
      return code === undefined ? [] : [[section.split("\n")[0] as string, code] as const];
    }),
  );
}
