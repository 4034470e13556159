import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const run = promisify(execFile);

test("what is published runs without the sources", async () => {
  // Below the packages that npm installed for the tool.
  const installed = join(PACKAGE, "node_modules");
  mkdirSync(installed, { recursive: true });
  const folder = mkdtempSync(join(installed, ".pack-"));
  try {
    await run("npm", ["pack", "--pack-destination", folder], { cwd: PACKAGE });
    await run("tar", ["xzf", "tessera-cli-0.1.0.tgz"], { cwd: folder });
    const { stdout } = await run(process.execPath, [join(folder, "package/bin/tessera.js"), "--help"]);
    expect(stdout).toContain("Usage: tessera");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
