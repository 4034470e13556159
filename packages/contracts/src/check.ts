// `npm run check:contracts`: the contracts are well formed, break nobody, and the generated code is up to date.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastImage } from "./last-image.ts";

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "inherit" });

run("buf", "lint");
run("buf", "format", "--diff", "--exit-code", "proto");
const folder = mkdtempSync(join(tmpdir(), "contracts-"));
try {
  const { path, of } = lastImage(process.cwd(), folder);
  console.log(`comparing with ${of}`);
  run("buf", "breaking", "proto", "--against", path);
} finally {
  rmSync(folder, { recursive: true });
}

const before = digest();
run(process.execPath, "packages/contracts/src/generate.ts");
if (digest() !== before) {
  console.error("The generated code was not that of proto/. It is now: commit it.");
  process.exit(1);
}

/** One hash over all generated files, by name and content. */
function digest(): string {
  const hash = createHash("sha256");
  for (const path of globSync("packages/contracts/{gen,vendor}/**/*.{ts,proto}").sort()) {
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest("hex");
}
