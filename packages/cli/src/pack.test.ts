import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const run = promisify(execFile);

test("what is published runs where nothing of this repository is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tessera-pack-"));
  try {
    await run("npm", ["pack", "--pack-destination", folder], { cwd: PACKAGE });
    await run("tar", ["xzf", "tessera-cli-0.1.0.tgz"], { cwd: folder });
    // What npm would install.
    symlinkSync(join(PACKAGE, "../../node_modules"), join(folder, "node_modules"));
    const { stdout } = await run(process.execPath, [join(folder, "package/bin/tessera.js"), "--help"]);
    expect(stdout).toContain("Usage: tessera");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
