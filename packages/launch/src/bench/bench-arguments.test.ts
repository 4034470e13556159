import { expect, test } from "vitest";
import { benchArguments } from "./bench-arguments.ts";

test("all parts run with the usual load where nothing is asked for", () => {
  expect(benchArguments([], {})).toEqual({
    parts: ["tasks", "watchers", "idle", "growth", "search"],
    callers: [16, 64],
    seconds: 5,
    peers: undefined,
    jsonFile: undefined,
    help: false,
  });
});

test("what is asked for stands on the command line, then in the environment", () => {
  const env = { PEERS: "/peers", PEERS_SCRATCH: "/built" };
  const args = ["--only", "search,tasks", "--callers", "1,4", "--seconds", "2", "--json", "rows.json"];
  expect(benchArguments(args, env)).toMatchObject({
    parts: ["tasks", "search"],
    callers: [1, 4],
    seconds: 2,
    peers: { folder: "/peers", binaries: "/built/bin" },
    jsonFile: "rows.json",
  });
  expect(benchArguments(["--peers", "/others"], {}).peers).toEqual({
    folder: "/others",
    binaries: "/others/bin",
  });
});

test.each([
  [["--only", "everything"], /knows no everything: it takes tasks, watchers/],
  [["--callers", "0"], /--callers takes numbers from 1 to 1000/],
  [["--callers", "16,many"], /--callers takes numbers/],
  [["--seconds", "1.5"], /--seconds takes numbers from 1 to 60/],
  [["--second", "1"], /--second/],
])("%j is refused in words", (args, words) => expect(() => benchArguments(args, {})).toThrow(words));
