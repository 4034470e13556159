import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

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

function lastTag(root: string): string | undefined {
  try {
    return git(root, "describe", "--tags", "--abbrev=0", "--match", "v*").toString().trim();
  } catch {
    return undefined;
  }
}

function git(root: string, ...args: string[]): Buffer {
  return execFileSync("git", args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
}
