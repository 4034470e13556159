// Makes everything that is derived from proto/: `npm run generate`. With --release, also takes the present contracts as
// the released ones, with which `npm run check:contracts` compares.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { IMAGE } from "./last-image.ts";
import { validateProto } from "./validate-proto.ts";

const VENDORED = "packages/contracts/vendor/buf/validate";

const buf = (...args: string[]) => execFileSync("buf", args, { stdio: "inherit" });

mkdirSync(VENDORED, { recursive: true });
writeFileSync(`${VENDORED}/validate.proto`, validateProto());
buf("format", "--write", "--path", VENDORED);
buf("generate");
if (process.argv.includes("--release")) buf("build", "proto", "--exclude-source-info", "--output", IMAGE);
