import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { pointFault } from "./ed25519-point.ts";

/** All encodings of the eight points of small order, the sign left out: libsodium's list. */
const SMALL = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

function signed(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, "hex");
  bytes[31] = (bytes[31] as number) | 0x80;
  return bytes;
}

test.each(SMALL)("%s has small order, with either sign", (hex) => {
  expect(pointFault(Buffer.from(hex, "hex"))).toBe("small order");
  expect(pointFault(signed(hex))).toBe("small order");
});

test("keys that were made for signing are points of the curve", () => {
  for (let made = 0; made < 200; made++) {
    const { x } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
    expect(pointFault(Buffer.from(x as string, "base64url"))).toBeUndefined();
  }
});

test("about half of all numbers are no y of the curve, and those from the prime on are written wrongly", () => {
  const y = (value: number) => Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? value : 0));
  expect(pointFault(y(2))).toBe("not on the curve");
  const onCurve = Array.from({ length: 256 }, (_, value) => pointFault(y(value))).filter((it) => !it).length;
  expect(onCurve).toBeGreaterThan(90);
  expect(onCurve).toBeLessThan(166);
  // 3 is a y of the curve; 3 + p has other bytes for the same point.
  expect(pointFault(y(3))).toBeUndefined();
  const over = Buffer.alloc(32, 0xff);
  over[0] = 0xf0;
  over[31] = 0x7f;
  expect(pointFault(over)).toBe("not on the curve");
  expect(pointFault(new Uint8Array(31))).toBe("not on the curve");
});
