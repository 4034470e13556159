import { openStore } from "../open-store.ts";
import { type KeyRing, keyRing } from "../signing-keys/key-ring.ts";
import { silent, type TestSystem } from "./system.ts";

/** The deployment's keys, for tests that make tokens themselves. */
export function testKeys({ database, config }: Pick<TestSystem, "database" | "config">): Promise<KeyRing> {
  const options = {
    secret: config.KEY_ENCRYPTION_SECRET,
    algorithm: "EdDSA" as const,
    rotationSeconds: 864_000,
    log: silent,
  };
  return keyRing(openStore(database.sql), options);
}
