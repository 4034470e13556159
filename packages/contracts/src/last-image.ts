import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Larger than any file of a release. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;

/** The image that `npm run generate -- --release` writes and that the commit of a release contains. */
export const IMAGE = "packages/contracts/released.binpb";

/**
 * The image of the contracts of the last release: the one in the commit of the last tag `v…`, written to a file of `folder`.
 * Without a tag, or outside of a repository, the committed image.
 */
export function lastImage(root: string, folder: string): { path: string; of: string } {
  const tag = lastTag(root);
  if (tag === undefined) return { path: join(root, IMAGE), of: "the committed image" };
  const path = join(folder, "last.binpb");
  writeFileSync(path, git(root, "show", `${tag}:${IMAGE}`));
  return { path, of: tag };
}

/** The text of a file that the commit of the last release contains; the committed one, where that release had none. */
export function lastReleased(root: string, file: string): { text: string; of: string } {
  const tag = lastTag(root);
  const ofTag = tag === undefined ? undefined : fileOf(root, `${tag}:${file}`);
  if (tag === undefined || ofTag === undefined)
    return { text: readFileSync(join(root, file), "utf8"), of: "the committed document" };
  return { text: ofTag, of: tag };
}

function fileOf(root: string, name: string): string | undefined {
  try {
    return git(root, "show", name).toString();
  } catch {
    return undefined;
  }
}

function lastTag(root: string): string | undefined {
  try {
    return git(root, "describe", "--tags", "--abbrev=0", "--match", "v*").toString().trim();
  } catch {
    return undefined;
  }
}

function git(root: string, ...args: string[]): Buffer {
  return execFileSync("git", args, {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: FILE_MAX_BYTES,
  });
}
