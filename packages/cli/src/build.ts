// Makes dist/main.js of the sources, for `npm pack` and `npm publish`, with the client and the contracts inside. In the
// repository nothing is built: Node runs the sources as they are.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${PACKAGE}package.json`, "utf8")) as {
  dependencies: Record<string, string>;
};
const INSTALLED = new RegExp(`^(?:node:|(?:${Object.keys(dependencies).join("|")})(?:/|$))`);

if (import.meta.main)
  await build({
    cwd: PACKAGE,
    input: "src/main.ts",
    platform: "node",
    external: INSTALLED,
    output: { dir: "dist", format: "esm" },
  });
