import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { PersonalAccessTokenService } from "@tessera/contracts/tessera/auth/v1/personal_access_token_service_pb.ts";
import { ProjectStatus } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { LockPurpose } from "@tessera/contracts/tessera/task/v1/lock_pb.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestId } from "../ground/door.ts";
import { createProject, cut, type Headers } from "../ground/world.ts";
import { type TestSystem, testSystem } from "../system.ts";
import { type Unknown, unknownInGo, unknownInPython } from "./example-names.ts";
import { findGo, findPython, type Missing, type Toolchain } from "./toolchains.ts";

const RECIPES = fileURLToPath(new URL("../../../../docs/recipes/", import.meta.url));
const ZOOM = 11;
/** Go compiles its gRPC on the first run, which takes a busy machine more than a minute. */
const COMPILE_MAX_MS = 300_000;
/** `npm run check:clients` fails where a language is not found. */
const MUST_RUN = process.env.npm_lifecycle_event === "check:clients";

let system: TestSystem;
let projectId: number;

beforeAll(async () => {
  system = await testSystem();
  const admin = await system.signIn("administrator");
  projectId = await createProject(system, admin, {}, [ProjectStatus.PUBLISHED]);
  await cut(system, admin, projectId, ZOOM);
});

afterAll(() => system.stop());

async function newPersonalAccessToken(who: Headers): Promise<string> {
  const request = {
    requestId: requestId(),
    name: "example",
    scopes: ["tasks:read", "tasks:write"],
    lifetime: { seconds: 86_400n },
  };
  const tokens = createClient(PersonalAccessTokenService, system.connections.auth);
  return (await tokens.createPersonalAccessToken(request, who)).personalAccessToken;
}

interface Language {
  file: string;
  find: () => Promise<Toolchain | Missing>;
  unknownIn: (text: string) => Unknown;
  /** The task that somebody holds before the example begins, and the one that it gets. */
  taskIds: [held: number, free: number];
  /** A name in the example, and what is said about another in its place. */
  renamed: [name: string, other: string, said: string];
}

const LANGUAGES: [string, Language][] = [
  [
    "Python",
    {
      file: "python/lock_and_hand_in.py",
      find: findPython,
      unknownIn: unknownInPython,
      taskIds: [1, 2],
      renamed: ["lock_token=", "token=", "SubmitTaskRequest has no field token"],
    },
  ],
  [
    "Go",
    {
      file: "go/main.go",
      find: findGo,
      unknownIn: unknownInGo,
      taskIds: [3, 4],
      renamed: ["LockToken:", "Token:", "SubmitTaskRequest has no field Token"],
    },
  ],
];

test.each(LANGUAGES)(
  "what the example in %s names stands in the contracts",
  (_, { file, unknownIn, renamed }) => {
    const text = readFileSync(join(RECIPES, file), "utf8");
    expect(unknownIn(text)).toEqual([]);
    const [name, other, said] = renamed;
    expect(unknownIn(text.replace(name, other))).toEqual([said]);
  },
);

test.each(LANGUAGES)(
  "the example in %s does its work where the language is found",
  async (name, language) => {
    const { find, taskIds } = language;
    const found = await find();
    if ("missing" in found) {
      expect(MUST_RUN, found.missing).toBe(false);
      return console.warn(`The example in ${name} did not run. ${found.missing}`);
    }
    const [held, free] = taskIds;
    const [mine, theirs] = [
      await system.signIn(`mapper-${9_100 + held}`),
      await system.signIn(`mapper-${9_100 + free}`),
    ];
    const purpose = LockPurpose.MAPPING;
    await system.task.lockTask({ requestId: requestId(), projectId, taskId: held, purpose }, theirs);
    const folder = mkdtempSync(join(tmpdir(), "tessera-example-"));
    const said = await found.runExample(folder, {
      TESSERA_AUTH: system.addresses.auth,
      TESSERA_TASK: system.addresses.task,
      TESSERA_TOKEN: await newPersonalAccessToken(mine),
      TESSERA_PROJECT_ID: String(projectId),
    });
    rmSync(folder, { recursive: true });
    expect(said.trim().split("\n").slice(-4)).toEqual([
      `task ${held}: TASK_LOCKED`,
      `task ${free}: handed in`,
      `task ${free}: TASK_EVENT_KIND_LOCKED`,
      `task ${free}: TASK_EVENT_KIND_SUBMITTED`,
    ]);
  },
  COMPILE_MAX_MS,
);
