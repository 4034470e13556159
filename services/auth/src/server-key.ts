import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Secret } from "@tessera/runtime/secret.ts";

const KEY_BYTES = 32;

/** A key of this deployment for one purpose. It is in no database: all replicas derive it from the one secret that they share. */
export function serverKey(secret: Secret, purpose: string): KeyObject {
  return createSecretKey(
    Buffer.from(hkdfSync("sha256", secret.reveal(), "", `tessera ${purpose}`, KEY_BYTES)),
  );
}
