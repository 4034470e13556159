import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { breaches } from "./house-rules.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

test("the house keeps its rules", () => {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  const paths = listed.toString().trim().split("\n");
  const read = paths.filter(
    (path) =>
      /\.(ts|md|json|sql|proto|py|go|sh|png)$/.test(path) ||
      /(Dockerfile|LICENSE|\.yml|\.ci\/run)$/.test(path),
  );
  // Of pictures it matters only that they are there.
  const textOf = (path: string) => (path.endsWith(".png") ? "" : readFileSync(`${ROOT}${path}`, "utf8"));
  const files = new Map(read.map((path) => [path, textOf(path)]));
  expect(breaches(files)).toEqual([]);
});

const FUNCTION = (lines: number) => `export function long() {\n${"  void 0;\n".repeat(lines - 2)}}\n`;

/** One planted breach of each rule, and what is said about it. */
const PLANTED: [rule: string, files: Record<string, string>, said: string][] = [
  [
    "a service does not import another",
    {
      "services/task/src/main.ts": 'import "../../project/src/store.ts";',
      "services/project/src/store.ts": "",
      "services/project/src/main.ts": 'import "./store.ts";',
    },
    "services/task/src/main.ts imports services/project",
  ],
  [
    "a package does not import a service",
    {
      "packages/rpc/src/main.ts": 'import "../../../services/task/src/main.ts";',
      "services/task/src/main.ts": "",
    },
    "packages/rpc/src/main.ts imports services/task",
  ],
  [
    "contracts know nobody",
    { "packages/contracts/src/main.ts": 'import "@tessera/rpc/main.ts";', "packages/rpc/src/main.ts": "" },
    "packages/contracts/src/main.ts imports packages/rpc",
  ],
  [
    "the client has no server code",
    { "packages/client/src/main.ts": 'import "@tessera/rpc/main.ts";', "packages/rpc/src/main.ts": "" },
    "packages/client/src/main.ts imports packages/rpc",
  ],
  [
    "the gateway has no SQL",
    {
      "services/gateway/src/main.ts": 'import "@tessera/postgres/main.ts";',
      "packages/postgres/src/main.ts": "",
    },
    "services/gateway/src/main.ts imports packages/postgres",
  ],
  [
    "the gateway knows no service",
    { "services/gateway/src/main.ts": 'import "@tessera/contracts/tessera/task/v1/task_pb.ts";' },
    "services/gateway/src/main.ts knows a service: @tessera/contracts/tessera/task/v1/task_pb.ts",
  ],
  [
    "RPCs do not import each other",
    {
      "services/task/src/service.ts": 'import "./locks/lock-task.ts"; import "./tasks/get-task.ts";',
      "services/task/src/locks/lock-task.ts": 'import "../tasks/get-task.ts";',
      "services/task/src/tasks/get-task.ts": "",
      "services/task/src/main.ts": 'import "./service.ts";',
    },
    "services/task/src/locks/lock-task.ts imports the RPC get-task.ts",
  ],
  [
    "a room imports no room above it",
    {
      "services/task/src/start.ts": 'import "./tasks/task.ts";',
      "services/task/src/tasks/task.ts": 'import "../locks/lock.ts";',
      "services/task/src/locks/lock.ts": "",
      "services/task/src/main.ts": 'import "./start.ts";',
    },
    "services/task/src/tasks/task.ts imports locks, a room above its own",
  ],
  [
    "a room is known to the house",
    {
      "services/task/src/start.ts": 'import "./tasks/task.ts";',
      "services/task/src/tasks/task.ts": 'import "../attic/chest.ts";',
      "services/task/src/attic/chest.ts": "",
      "services/task/src/main.ts": 'import "./start.ts";',
    },
    "services/task/src/tasks/task.ts imports attic, a room that the house test does not know",
  ],
  [
    "SQL knows nothing of RPC",
    {
      "services/task/src/tasks/store.ts": 'import "@connectrpc/connect";',
      "services/task/src/main.ts": 'import "./tasks/store.ts";',
    },
    "services/task/src/tasks/store.ts is SQL and imports @connectrpc/connect",
  ],
  [
    "SQL stands in store files",
    {
      "services/task/src/tasks/read.ts": "export const read = (sql) => sql<Row[]>`select 1`;",
      "services/task/src/main.ts": 'import "./tasks/read.ts";',
    },
    "services/task/src/tasks/read.ts:1 has SQL: only store files do",
  ],
  [
    "SQL as text stands in store files",
    {
      "services/auth/src/users/read.ts": '\nexport const read = (tx) => tx.unsafe("select 1");',
      "services/auth/src/main.ts": 'import "./users/read.ts";',
    },
    "services/auth/src/users/read.ts:2 has SQL: only store files do",
  ],
  [
    "a store of a part of a room knows nothing of calls",
    {
      "services/task/src/talk/rate-store.ts": 'import "@tessera/rpc/refusal.ts";',
      "services/task/src/main.ts": 'import "./talk/rate-store.ts";',
      "packages/rpc/src/refusal.ts": "",
    },
    "services/task/src/talk/rate-store.ts is SQL and imports @tessera/rpc/refusal.ts",
  ],
  [
    "a package knows no service's contract",
    { "packages/rpc/src/main.ts": 'import "@tessera/contracts/tessera/auth/v1/user_pb.ts";' },
    "packages/rpc/src/main.ts knows a service: @tessera/contracts/tessera/auth/v1/user_pb.ts",
  ],
  [
    "a folder has at most 40 files",
    Object.fromEntries(Array.from({ length: 41 }, (_, at) => [`packages/rpc/src/file-${at}.test.ts`, ""])),
    "packages/rpc/src has 41 files",
  ],
  [
    "a file is short",
    { "services/task/src/main.ts": "void 0;\n".repeat(301) },
    "services/task/src/main.ts has 301 lines",
  ],
  [
    "a function is short",
    { "services/task/src/main.ts": FUNCTION(71) },
    "services/task/src/main.ts:1 has a function of 71 lines",
  ],
  [
    "a name says something",
    { "packages/rpc/src/utils/main.ts": "" },
    "packages/rpc/src/utils/main.ts has a name that says nothing",
  ],
  [
    "exports have names",
    { "packages/rpc/src/main.ts": "export default 1;" },
    "packages/rpc/src/main.ts has a default export",
  ],
  [
    "no barrels",
    { "packages/rpc/src/main.ts": 'export * from "jose";' },
    "packages/rpc/src/main.ts exports *",
  ],
  ...loops([
    ["setInterval", "setInterval(poke, 100);"],
    ["an imported interval", 'import { setInterval as every } from "node:timers/promises"; every(100);'],
    [
      "a wait in a loop",
      'import { setTimeout as sleep } from "node:timers/promises"; while (true) await sleep(1);',
    ],
    [
      "a wait with a name of its own",
      'import { setTimeout as sleep } from "node:timers/promises"; const rest = () => sleep(1); for (;;) await rest();',
    ],
    ["a timer in a loop", "for (;;) await new Promise((resolve) => setTimeout(resolve, 1));"],
    ["a function that sets a timer for itself", "function poll() { setTimeout(() => void poll(), 1); }"],
    ["a method that does", "class Poll { #poll() { this.timer = setTimeout(() => this.#poll(), 1); } }"],
    ["an arrow that does", "const poll = () => setTimeout(poll, 1);"],
  ]),
  ["a file is used", { "packages/rpc/src/lost.ts": "" }, "packages/rpc/src/lost.ts is imported by nobody"],
  [
    "links live",
    { "README.md": "[there](services/none.ts)" },
    "README.md links to services/none.ts, which is not there",
  ],
  [
    "comments are plain English",
    { "services/task/src/main.ts": "/** Answers the lock. */" },
    'services/task/src/main.ts:1 says "Answers the": write "Returns …"',
  ],
  [
    "so are the comments of the contract",
    { "proto/tessera/task/v1/lock.proto": "// When the lock ran out." },
    'proto/tessera/task/v1/lock.proto:1 says "ran out": write "expired"',
  ],
  [
    "so are test titles",
    { "services/task/src/lock.test.ts": 'test("whoever holds a lock keeps it", () => {});' },
    'services/task/src/lock.test.ts:1 says "whoever": write "a caller that …, users who …"',
  ],
  [
    "so are titles of tables of tests",
    { "services/task/src/lock.test.ts": 'test.each(ROWS)("the lock of %s ran out", () => {});' },
    'services/task/src/lock.test.ts:1 says "ran out": write "expired"',
  ],
  [
    "so are documents, but not the code in them",
    { "docs/rest.md": "```sh\ngoes on\n```\nA stream `goes on` and\ngoes on." },
    'docs/rest.md:5 says "goes on": write "continues, is running"',
  ],
  [
    "so are messages",
    { "services/task/src/main.ts": 'log.warn("the lease was given back");' },
    'services/task/src/main.ts:1 says "given back": write "revoked, released"',
  ],
  [
    "a message says more than that there is a bug",
    { "services/task/src/main.ts": 'log.error({ err: error }, "bug");' },
    'services/task/src/main.ts:1 says "bug": write "what failed, for which request"',
  ],
  [
    "a name has the word of the glossary",
    { "services/task/src/main.ts": "function told() {}\nexport function whoeverWaits() {}\nwhoeverWaits();" },
    'services/task/src/main.ts:2 says "whoever": write "the word of docs/glossary.md"',
  ],
  [
    "a service README is short",
    { "services/task/README.md": "A line.\n".repeat(151) },
    "services/task/README.md has 151 lines",
  ],
];

function loops(planted: [name: string, text: string][]): typeof PLANTED {
  return planted.map(([name, text]) => [
    `a loop is made by repeat(): ${name}`,
    { "services/task/src/main.ts": text },
    "services/task/src/main.ts:1 has a loop with its own timer: use repeat() or p-retry",
  ]);
}

test("a timer that fires once is no loop", () => {
  const text = "function close(socket) { setTimeout(() => socket.destroy(), 1_000); }";
  expect(breaches(new Map([["services/task/src/main.ts", text]]))).toEqual([]);
});

test.each(PLANTED)("%s: a breach is seen", (_, files, said) => {
  expect(breaches(new Map(Object.entries(files)))).toEqual([said]);
});

test("at the limits there is no breach", () => {
  const files = {
    "services/task/src/main.ts": `${FUNCTION(70)}${"void 0;\n".repeat(230)}`,
    "services/task/README.md": "A line.\n".repeat(150),
  };
  expect(breaches(new Map(Object.entries(files)))).toEqual([]);
});
