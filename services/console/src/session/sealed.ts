import { createHmac, hkdfSync } from "node:crypto";
import type { Secret } from "@tessera/runtime/secret.ts";
import { EncryptJWT, jwtDecrypt } from "jose";

/** What a cookie is for: one that was made for something else is not read. */
export type Purpose = "session" | "sign-in" | "kept-form";

/** Encrypts what cookies carry, and signs what forms carry. */
export interface Sealed {
  /** Returns a text that only the console can read, and only until it expires. */
  seal(purpose: Purpose, values: Record<string, string>, maxAgeSeconds: number): Promise<string>;
  /** Returns what was sealed; undefined for what is forged, old, or made for something else. */
  open(purpose: Purpose, text: string): Promise<Record<string, string> | undefined>;
  /** A code that only the console can make for a text. */
  sign(text: string): Buffer;
}

const ALGORITHM = { alg: "dir", enc: "A256GCM" } as const;
const KEY_BYTES = 32;

/** Makes keys of a secret, and of the one before it, which still reads. */
export function sealedBy(secret: Secret, before: Secret | undefined): Sealed {
  const key = keyOf(secret, "cookies");
  const readers = [key, ...(before === undefined ? [] : [keyOf(before, "cookies")])];
  const signing = keyOf(secret, "forms");
  return {
    seal: (purpose, values, maxAgeSeconds) =>
      new EncryptJWT({ v: values })
        .setProtectedHeader(ALGORITHM)
        .setAudience(purpose)
        .setIssuedAt()
        .setExpirationTime(`${maxAgeSeconds}s`)
        .encrypt(key),
    async open(purpose, text) {
      for (const reader of readers) {
        const options = {
          audience: purpose,
          contentEncryptionAlgorithms: [ALGORITHM.enc],
          keyManagementAlgorithms: [ALGORITHM.alg],
        };
        const read = await jwtDecrypt(text, reader, options).catch(() => undefined);
        if (read !== undefined) return read.payload.v as Record<string, string>;
      }
      return undefined;
    },
    sign: (text) => createHmac("sha256", signing).update(text).digest(),
  };
}

function keyOf(secret: Secret, use: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret.reveal(), "", `tessera console ${use}`, KEY_BYTES));
}
