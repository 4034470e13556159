/** The prime of the field of Ed25519 (RFC 8032, 5.1). */
const P = 2n ** 255n - 19n;
/** The curve's d is -A/B. */
const A = 121_665n;
const B = 121_666n;
const POINT_BYTES = 32;

/** What is wrong with 32 bytes that should be a public key. */
export type PointFault = "not on the curve" | "small order";

/**
 * Returns what is wrong with the encoded point of an Ed25519 public key, if anything. With a point of small order anybody
 * makes signatures: verification asks no more of a public key than that it is a point.
 */
export function pointFault(encoded: Uint8Array): PointFault | undefined {
  if (encoded.length !== POINT_BYTES) return "not on the curve";
  const number = BigInt(`0x${Buffer.from(encoded).reverse().toString("hex")}`);
  // The highest bit is the sign of x, which changes no order.
  const written = BigInt.asUintN(255, number);
  const y2 = (written * written) % P;
  if (hasSmallOrder(written % P, y2)) return "small order";
  // x² = (y² - 1) / (d·y² + 1), with numerator and denominator times B: a square times a square is none the less one.
  const x2 = (y2 - 1n) * B * (B - A * y2);
  return written < P && isSquare(x2) ? undefined : "not on the curve";
}

/** Whether eight times the point is the neutral one. Doubled thrice, that is y·(y² - 1)·(d·y⁴ + 2·y² - 1) = 0. */
function hasSmallOrder(y: bigint, y2: bigint): boolean {
  return (y * (y2 - 1n) * (-A * y2 * y2 + 2n * B * y2 - B)) % P === 0n;
}

/** Euler's criterion. */
function isSquare(value: bigint): boolean {
  let base = ((value % P) + P) % P;
  if (base === 0n) return true;
  let result = 1n;
  for (let exponent = (P - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result === 1n;
}
