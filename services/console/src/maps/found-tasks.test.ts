import { expect, test } from "vitest";
import type { Deps } from "../deps.ts";
import type { Visit } from "../visits/visit.ts";
import { findTasks } from "./found-tasks.ts";

const VIEWERS = 50;
const SET = Buffer.from(JSON.stringify({ bounds: [10, 10, 10.5, 10.5] }));

/** A task service that counts its calls, and how its callers see it. */
function service() {
  const state = { etag: '"1"', taskCount: 3, isDown: false };
  const calls: Record<string, number> = {};
  const deps = { publicUrl: "http://localhost" } as Deps;
  const visit = (maySee = true) =>
    ({
      deps,
      language: "en",
      ask: async ({ localName }: { localName: string }, request: { knownEtag?: string }) => {
        calls[localName] = (calls[localName] ?? 0) + 1;
        if (!maySee) throw new Error("PROJECT_NOT_FOUND");
        if (localName === "listTasks")
          return { etag: state.etag, unchanged: request.knownEtag === state.etag, tasks: [] };
        if (state.isDown) throw new Error("away");
        if (localName === "getProgress") return { progress: { taskCount: state.taskCount } };
        if (localName === "getTaskTileSet") return { document: SET };
        return { tile: new Uint8Array(), etag: state.etag, unchanged: request.knownEtag === state.etag };
      },
    }) as unknown as Visit;
  return { state, calls, visit };
}

test("after a change one viewer has the tasks read and drawn, and all others get that picture", async () => {
  const { state, calls, visit } = service();
  const all = () => Promise.all(Array.from({ length: VIEWERS }, () => findTasks(visit(), 7)));
  const first = await all();
  expect([calls.listTasks, calls.getProgress, calls.getTaskTileSet]).toEqual([VIEWERS, 1, 1]);
  expect(new Set(first).size).toBe(1);
  expect(new Set([...first, ...(await all())]).size).toBe(1);
  state.etag = '"2"';
  state.taskCount = 4;
  const [next] = await all();
  expect([next?.progress.taskCount, calls.getProgress, calls.listTasks]).toEqual([4, 2, 3 * VIEWERS]);
});

test("a viewer who may not see the project gets no picture that others have seen", async () => {
  const { visit } = service();
  await findTasks(visit(), 7);
  await expect(findTasks(visit(false), 7)).rejects.toThrow("PROJECT_NOT_FOUND");
});

test("a picture that could not be read is not kept, and each project has its own", async () => {
  const { state, calls, visit } = service();
  state.isDown = true;
  await expect(findTasks(visit(), 7)).rejects.toThrow("away");
  state.isDown = false;
  expect((await findTasks(visit(), 7))?.progress.taskCount).toBe(3);
  await findTasks(visit(), 8);
  expect(calls.getProgress).toBe(3);
});
