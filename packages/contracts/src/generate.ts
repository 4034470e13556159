// Makes everything that is derived from proto/: `npm run generate`. With --check, fails where the result differs from
// what is committed.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { validateProto } from "./validate-proto.ts";

const VENDORED = "packages/contracts/vendor/buf/validate";

mkdirSync(VENDORED, { recursive: true });
writeFileSync(`${VENDORED}/validate.proto`, validateProto());
execFileSync("buf", ["format", "--write", "--path", VENDORED], { stdio: "inherit" });
execFileSync("buf", ["generate"], { stdio: "inherit" });
