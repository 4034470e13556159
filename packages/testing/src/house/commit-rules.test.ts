import { expect, test } from "vitest";
import { messageFaults, SUBJECT_LENGTH_MAX } from "./commit-rules.ts";

const body = "Callers retried for ever.";
const longest = `task: ${"x".repeat(SUBJECT_LENGTH_MAX - 6)}`;

test.each([
  ["task: a lock ends with its session", body, 0],
  ["auth, project: names are read in one place", body, 0],
  [longest, body, 0],
  [`${longest}x`, body, 1],
  ["fix", body, 1],
  ["task: a lock ends with its session", "  \n", 1],
  ["x", "", 2],
])("%s", (subject, text, faults) => {
  expect(messageFaults({ subject, body: text })).toHaveLength(faults);
});
