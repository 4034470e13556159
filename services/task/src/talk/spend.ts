import type { Deps } from "../deps.ts";
import { rateLimited } from "../refusals.ts";
import type { RateKind } from "./rate-store.ts";

/** Uses up one of what a person may write in a minute. Refuses RATE_LIMITED. */
export async function spend(
  { store, settings }: Pick<Deps, "store" | "settings">,
  userId: bigint,
  kind: RateKind,
): Promise<void> {
  const limit = settings.perMinute[kind];
  const waitMs = await store.spendRate(userId, kind, limit);
  if (waitMs > 0) throw rateLimited(limit, waitMs);
}
