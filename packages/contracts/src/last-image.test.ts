import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IMAGE, lastImage } from "./last-image.ts";

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "contracts-"));
  folder = mkdtempSync(join(tmpdir(), "image-"));
});
afterEach(() => {
  for (const it of [root, folder]) rmSync(it, { recursive: true });
});

const git = (...args: string[]) => {
  const identity = [
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", [...identity, ...args], { cwd: root, stdio: "ignore" });
};
function commit(image: string): void {
  mkdirSync(dirname(join(root, IMAGE)), { recursive: true });
  writeFileSync(join(root, IMAGE), image);
  git("add", "--all");
  git("commit", "--quiet", "--message", image);
}
const read = () => {
  const { path, of } = lastImage(root, folder);
  return [readFileSync(path, "utf8"), of];
};

test("the contracts are compared with the image of the last tag, whatever was committed since", () => {
  git("init", "--quiet");
  commit("first");
  git("tag", "v0.1.0");
  commit("second");
  git("tag", "v0.2.0");
  commit("third");
  git("tag", "unrelated");
  expect(read()).toEqual(["second", "v0.2.0"]);
});

test("without a tag they are compared with the committed image", () => {
  git("init", "--quiet");
  commit("first");
  expect(read()).toEqual(["first", "the committed image"]);
});
