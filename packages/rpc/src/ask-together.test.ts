import { expect, test } from "vitest";
import { askTogether } from "./ask-together.ts";

/** Questions that the test answers, in the order in which they were asked. */
function ground(most = 3) {
  const asked: { items: string[]; answer(names: string[]): void; fail(error: Error): void }[] = [];
  const ask = askTogether<string, string>({
    groupOf: (item) => item.slice(0, 1),
    keyOf: (item) => item,
    most,
    ask: (items) =>
      new Promise((resolve, reject) => {
        const answer = (names: string[]) => resolve(new Map(names.map((name) => [name, `${name}!`])));
        asked.push({ items, answer, fail: reject });
      }),
  });
  return { ask, asked };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("calls of one turn of the event loop share a question, up to a number, and each gets its own answer", async () => {
  const { ask, asked } = ground();
  const answers = Promise.all(["a1", "a2", "a3", "a4", "b1"].map(ask));
  await turn();
  expect(asked.map(({ items }) => items)).toEqual([["a1", "a2", "a3"], ["a4"], ["b1"]]);
  asked[0]?.answer(["a3", "a1"]);
  asked[1]?.answer(["a4"]);
  asked[2]?.answer(["b1"]);
  expect(await answers).toEqual(["a1!", undefined, "a3!", "a4!", "b1!"]);
});

test("a caller that comes while calls are running shares the next one", async () => {
  const { ask, asked } = ground(100);
  const first = ask("a1");
  await turn();
  const second = ask("a2");
  await turn();
  const others = Promise.all(["a3", "a4", "a5"].map(ask));
  asked[0]?.answer(["a1"]);
  expect(await first).toBe("a1!");
  await expect.poll(() => asked.length).toBe(3);
  expect(asked[2]?.items).toEqual(["a3", "a4", "a5"]);
  asked[1]?.answer(["a2"]);
  asked[2]?.answer(["a3", "a4", "a5"]);
  expect(await second).toBe("a2!");
  expect(await others).toEqual(["a3!", "a4!", "a5!"]);
});

test("questions that are not answered hold nobody up", async () => {
  const { ask, asked } = ground(100);
  const stuck = ["a1", "a2"].map(async (item) => {
    await turn();
    return ask(item);
  });
  void stuck[0];
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  void ask("a6");
  await turn();
  const other = ask("a7");
  await expect.poll(() => asked.some(({ items }) => items.includes("a7"))).toBe(true);
  asked.find(({ items }) => items.includes("a7"))?.answer(["a7"]);
  expect(await other).toBe("a7!");
});

test("the same thing is never in one question twice, and a failure is that of all who shared the question", async () => {
  const { ask, asked } = ground();
  const answers = Promise.allSettled([ask("a1"), ask("a1"), ask("a2")]);
  await turn();
  expect(asked.map(({ items }) => items)).toEqual([["a1"], ["a1", "a2"]]);
  asked[0]?.answer(["a1"]);
  asked[1]?.fail(new Error("gone"));
  expect((await answers).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
});
