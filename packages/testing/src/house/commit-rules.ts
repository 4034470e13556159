import { execFileSync } from "node:child_process";

export const SUBJECT_LENGTH_MAX = 72;
const AREA = /^[a-z][a-z0-9-]*(, [a-z][a-z0-9-]*)*: \S/;

/** A commit: its subject and its body, without trailers. */
export interface Commit {
  subject: string;
  body: string;
}

/** What is wrong with the message of a commit, as sentences. */
export function messageFaults({ subject, body }: Commit): string[] {
  return [
    ...(subject.length > SUBJECT_LENGTH_MAX
      ? [`"${subject}" has ${subject.length} characters: at most ${SUBJECT_LENGTH_MAX}`]
      : []),
    ...(AREA.test(subject) ? [] : [`"${subject}" does not begin with its area, such as "task: "`]),
    ...(body.trim() === "" ? [`"${subject}" has no body that says why`] : []),
  ];
}

/** `node packages/testing/src/house/commit-rules.ts origin/main..HEAD` checks the commits of a range. */
if (import.meta.main) {
  const format = "--format=%s%x00%b%x01";
  const log = execFileSync("git", ["log", "--no-merges", format, process.argv[2] ?? "HEAD^..HEAD"], {
    encoding: "utf8",
  });
  const commits = log
    .split("\u0001\n")
    .filter((it) => it.includes("\0"))
    .map((it) => it.split("\0") as [string, string]);
  const faults = commits.flatMap(([subject, body]) => messageFaults({ subject, body }));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
