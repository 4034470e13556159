#!/usr/bin/env node
// The repository runs the sources; what is published has dist/ alone.
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";

// Most of the time of a short command is spent on reading the contracts.
enableCompileCache();
// A program that reads the output may stop early, as `head` does.
process.stdout.on("error", ({ code, message }) => {
  if (code !== "EPIPE") console.error(`The output cannot be written: ${message}`);
  process.exit(code === "EPIPE" ? 0 : 1);
});

const source = new URL("../src/main.ts", import.meta.url);
const { main } = await import(
  (existsSync(source) ? source : new URL("../dist/main.js", import.meta.url)).href
);
process.exitCode = await main(process.argv);
