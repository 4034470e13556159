// Makes everything that is derived from proto/: `npm run generate`. With --release, also takes the present contracts as
// the released ones, with which `npm run check:contracts` compares.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { commentsIn } from "./contract-comments.ts";
import { IMAGE } from "./last-image.ts";
import { validateProto } from "./validate-proto.ts";

const VENDORED = "packages/contracts/vendor/buf/validate";

/** Descriptors carry no comments in TypeScript. */
const COMMENTS = "packages/contracts/gen/comments.ts";
const IMAGE_MAX_BYTES = 64 * 1024 * 1024;

const buf = (...args: string[]) => execFileSync("buf", args, { stdio: "inherit" });

mkdirSync(VENDORED, { recursive: true });
writeFileSync(`${VENDORED}/validate.proto`, validateProto());
buf("format", "--write", "--path", VENDORED);
buf("generate");
writeFileSync(COMMENTS, commentsModule());
if (process.argv.includes("--release")) {
  buf("build", "proto", "--exclude-source-info", "--output", IMAGE);
  // In a process of its own, which loads the code that was generated just now.
  execFileSync(process.execPath, ["services/gateway/src/openapi/release.ts"], { stdio: "inherit" });
}

function commentsModule(): string {
  const image = execFileSync("buf", ["build", "proto", "--output", "-#format=binpb"], {
    maxBuffer: IMAGE_MAX_BYTES,
  });
  const comments = commentsIn(image, (name) => name.startsWith("tessera."));
  const lines = [...comments].sort(([a], [b]) => (a < b ? -1 : 1)).map((it) => `  ${JSON.stringify(it)},`);
  const type = "readonly (readonly [name: string, comment: string])[]";
  return `// Generated from the comments in proto/.\nexport const COMMENTS: ${type} = [\n${lines.join("\n")}\n];\n`;
}
