// `npm run new-rpc -- task.v1.LockService.PeekLock [--command]`: lays down what a new RPC needs, and generates its code.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { layDown, readNewRpc } from "./rpc-files.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { command: { type: "boolean", default: false } },
});
try {
  const rpc = readNewRpc(positionals[0], values.command);
  const paths = globSync(["proto/tessera/**/*.proto", "services/*/src/**/*service.ts"]);
  const laid = layDown(rpc, new Map(paths.map((path) => [path, readFileSync(path, "utf8")])));
  for (const [path, text] of laid) writeFileSync(path, text);
  execFileSync("buf", ["format", "--write", "proto"], { stdio: "inherit" });
  execFileSync("npm", ["run", "--silent", "generate"], { stdio: "inherit" });
  execFileSync("biome", ["check", "--write", ...[...laid.keys()].filter((it) => it.endsWith(".ts"))]);
  console.log([...laid.keys()].join("\n"));
  console.log("Next: its path, scope and refusals in the .proto, its cases in packages/testing/src/cases.");
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
