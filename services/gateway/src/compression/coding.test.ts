import { describe, expect, test } from "vitest";
import { acceptedBy, refuseUncoded } from "./coding.ts";

const asked = (accept: string | undefined, others: Record<string, string> = {}) => ({
  headers: { ...(accept !== undefined && { "accept-encoding": accept }), ...others },
});

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ["", undefined],
  ["identity", undefined],
  ["deflate", undefined],
  ["gzip", "gzip"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["gzip, deflate, br, zstd", "zstd"],
  ["gzip, deflate, br", "br"],
  ["zstd;q=0.2, br;q=0.1, gzip;q=0.9", "gzip"],
  ["br;q=0.5, gzip;q=0.5", "br"],
  ["gzip;q=0", undefined],
  ["gzip;q=0, *", "zstd"],
  ["*", "zstd"],
  ["*;q=0, br", "br"],
  ["identity;q=0, gzip", "gzip"],
  ["identity, gzip;q=0.5", undefined],
  ["br;q=x", undefined],
  [",,;;", undefined],
])("of Accept-Encoding %j the coding is %j", (accept, coding) => {
  // The second time it is remembered.
  for (const _ of [1, 2]) expect(acceptedBy(asked(accept)).coding).toBe(coding);
});

test("a part of an answer has no coding", () => {
  expect(acceptedBy(asked("gzip", { range: "bytes=0-9" })).coding).toBeUndefined();
});

describe("an answer without a coding", () => {
  test.each(["identity;q=0", "*;q=0", "deflate, identity;q=0", "deflate, *;q=0"])(
    "cannot be had with %s, nor any other",
    (accept) => {
      expect(() => refuseUncoded(asked(accept))).toThrow(/zstd, br, gzip, identity/);
    },
  );

  test.each(["identity;q=0, gzip", "*;q=0, identity;q=0.1", "gzip;q=0", "deflate"])(
    "is not refused, or not needed, with %s",
    (accept) => {
      expect(() => refuseUncoded(asked(accept))).not.toThrow();
    },
  );
});
