import { expect, test } from "vitest";
import { type Call, linearize, type Register } from "./linearizability.ts";

/** A lock that is taken and released; `saw` is what a reader got. */
type Op = { take: string; got?: boolean } | { free: string } | { saw: string };

const LOCK: Register<string, Op> = {
  initial: "",
  apply: (holder, op) => {
    if ("saw" in op) return op.saw === holder ? holder : undefined;
    if ("free" in op) return op.free === holder ? "" : undefined;
    if (op.got === false) return holder === "" ? undefined : holder;
    return holder === "" ? op.take : undefined;
  },
};

const call = (sentAt: number, answeredAt: number, op: Op): Call<Op> => ({ op, sentAt, answeredAt });
const UNKNOWN = Infinity;
const take = (take: string) => ({ take, got: true });
const refused = (take: string) => ({ take, got: false });

const GOOD: [what: string, history: Call<Op>[]][] = [
  ["nothing", []],
  ["one after the other", [call(0, 1, take("a")), call(2, 3, { free: "a" }), call(4, 5, take("b"))]],
  ["at once, and one is refused", [call(0, 9, refused("b")), call(1, 8, take("a"))]],
  [
    "a reader who saw what a call did that is not answered yet",
    [call(0, 9, take("a")), call(1, 2, { saw: "a" })],
  ],
  [
    "readers at the same time as a call, before it and after it",
    [call(0, 9, take("a")), call(1, 8, { saw: "" }), call(2, 7, { saw: "a" })],
  ],
  ["a call of unknown outcome that did nothing", [call(0, UNKNOWN, { take: "a" }), call(1, 2, { saw: "" })]],
  [
    "a call of unknown outcome that took effect, and late",
    [
      call(0, UNKNOWN, { take: "a" }),
      call(1, 2, { saw: "" }),
      call(3, 4, { saw: "a" }),
      call(5, 6, refused("b")),
    ],
  ],
  [
    "two of unknown outcome, of which the later one took effect",
    [call(0, UNKNOWN, { take: "a" }), call(1, UNKNOWN, { take: "b" }), call(2, 3, { saw: "b" })],
  ],
  [
    "an end of unknown outcome that must have happened",
    [call(0, 1, take("a")), call(2, UNKNOWN, { free: "a" }), call(3, 4, take("b"))],
  ],
];

const BAD: [what: string, history: Call<Op>[]][] = [
  ["a double lock", [call(0, 1, take("a")), call(2, 3, take("b"))]],
  ["a double lock at the same time", [call(0, 9, take("a")), call(1, 8, take("b"))]],
  ["a stale read", [call(0, 1, take("a")), call(2, 3, { saw: "" })]],
  ["a read that goes back", [call(0, 9, take("a")), call(1, 2, { saw: "a" }), call(3, 4, { saw: "" })]],
  ["a refusal where nobody held it", [call(0, 1, refused("a"))]],
  ["a holder who never asked", [call(0, UNKNOWN, { take: "a" }), call(1, 2, { saw: "b" })]],
  ["what was asked for only later", [call(0, 1, { saw: "a" }), call(2, UNKNOWN, { take: "a" })]],
  [
    "an unknown outcome that would have had to happen twice",
    [
      call(0, UNKNOWN, { take: "a" }),
      call(1, 2, { saw: "a" }),
      call(3, 4, { free: "a" }),
      call(5, 6, { saw: "" }),
      call(7, 8, { saw: "a" }),
    ],
  ],
  ["an end of what was over", [call(0, 1, take("a")), call(2, 3, { free: "a" }), call(4, 5, { free: "a" })]],
];

test.each(GOOD)("accepts %s", (_, history) => {
  const order = linearize(history, LOCK);
  expect(order).toBeDefined();
  expect(history.filter((it) => it.answeredAt < UNKNOWN && !order?.includes(it))).toEqual([]);
});

test.each(BAD)("rejects %s", (_, history) => {
  expect(linearize(history, LOCK)).toBeUndefined();
});

test("a history does not depend on the order in which it was written down", () => {
  for (const [, history] of GOOD) expect(linearize(history.toReversed(), LOCK)).toBeDefined();
  for (const [, history] of BAD) expect(linearize(history.toReversed(), LOCK)).toBeUndefined();
});

test("a long history of many at once is decided at once", () => {
  const history: Call<Op>[] = [];
  for (let round = 0; round < 60; round++) {
    const at = round * 10;
    history.push(call(at, at + 9, take(`p${round}`)));
    for (let other = 0; other < 8; other++) history.push(call(at + 1, at + 12, refused(`q${other}`)));
    history.push(call(at + 9.5, at + 13, { free: `p${round}` }));
    if (round % 20 === 0) history.push(call(at, UNKNOWN, { take: `u${round}` }));
  }
  expect(linearize(history, LOCK)).toBeDefined();
  const last = history.findLast(({ op }) => "free" in op) as Call<Op>;
  expect(linearize([...history, call(1_000, 1_001, last.op)], LOCK)).toBeUndefined();
});
