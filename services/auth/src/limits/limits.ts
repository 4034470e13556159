import { hash } from "node:crypto";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import { type MemoryLimiter, memoryLimiter } from "@tessera/rpc/admission/memory-limiter.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { recent } from "./recent.ts";
import { FAILURES, RULES, type Rule, type Spender, type SpentOn } from "./rules.ts";
import type { LimitTable } from "./store.ts";

const refuse = refusals(ReasonSchema);
const TABLE = "spent_limits";
/** How long a user is known at an address after a sign-in, in milliseconds. */
const KNOWN_MS = 24 * 3_600_000;

/** What may be done how often, by whom. */
export interface Limits {
  /** Refuses RATE_LIMITED where somebody did this too often. What is not known of the spender is left out. */
  spend(on: SpentOn, spender: Spender): Promise<void>;
  /** Refuses RATE_LIMITED where too many wrong proofs of clients came from there, unless right ones did too. */
  refuseGuessing(spender: Spender): void;
  /** A wrong proof of a client came from there. */
  failed(spender: Spender): Promise<void>;
  /** Somebody got in from there. */
  succeeded(spender: Spender): void;
}

/** Limits of this replica, and with the table those of all replicas. `percent` of each is allowed; 0 switches them off. */
export function createLimits(table: LimitTable, percent: number): Limits {
  if (percent === 0) return UNLIMITED;
  const rules = RULES.map((rule) => ({ rule, limiter: limiterOf(rule, table, percent) }));
  const failures = FAILURES.map((rule) => ({ rule, limiter: databaseLimiter(rule, table, percent) }));
  const known = recent(KNOWN_MS);
  return {
    async spend(on, spender) {
      for (const { rule, limiter } of rules) {
        if (rule.on !== on || !rule.by.every((it) => spender[it] !== undefined)) continue;
        if (rule.by.length === 0 && known.has(nameOf(spender))) continue;
        await consume(limiter, rule, spender);
      }
    },
    refuseGuessing(spender) {
      if (known.has(nameOf(spender))) return;
      for (const { rule, limiter } of failures) {
        const key = limiter.getKey(keyOf(rule, spender));
        const waitMs = rule.by.every((it) => spender[it] !== undefined) ? blockedMs(limiter, key) : 0;
        if (waitMs > 0) throw rateLimited(rule, waitMs);
      }
    },
    async failed(spender) {
      for (const { rule, limiter } of failures) {
        if (!rule.by.every((it) => spender[it] !== undefined)) continue;
        // Over the limit it answers the next one; this one has its own answer.
        await limiter.consume(keyOf(rule, spender)).catch((error: unknown) => {
          if (!(error instanceof RateLimiterRes)) throw error;
        });
      }
    },
    succeeded(spender) {
      known.add(nameOf(spender));
      known.add(nameOf({ ...spender, client: undefined }));
    },
  };
}

/** Where limits are switched off, in benches and some tests. */
const UNLIMITED: Limits = {
  spend: async () => {},
  refuseGuessing: () => {},
  failed: async () => {},
  succeeded: () => {},
};

async function consume(limiter: MemoryLimiter, rule: Rule, spender: Spender): Promise<void> {
  try {
    await limiter.consume(keyOf(rule, spender));
  } catch (error) {
    if (error instanceof RateLimiterRes) throw rateLimited(rule, error.msBeforeNext);
    throw error;
  }
}

function limiterOf(rule: Rule, table: LimitTable, percent: number): MemoryLimiter {
  return rule.where === "memory"
    ? memoryLimiter(pointsOf(rule, percent), rule.seconds)
    : databaseLimiter(rule, table, percent);
}

function databaseLimiter(rule: Rule, table: LimitTable, percent: number): RateLimiterPostgres {
  const points = pointsOf(rule, percent);
  return new RateLimiterPostgres({
    storeClient: table,
    storeType: "client",
    tableName: TABLE,
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: `${rule.on}:${rule.by.join("+")}`,
    points,
    duration: rule.seconds,
    // This replica refuses subjects over the limit without another query.
    inMemoryBlockOnConsumed: points + 1,
  });
}

/** The types of the library leave this method out. */
function blockedMs(limiter: RateLimiterPostgres, key: string): number {
  return (
    limiter as unknown as { getInMemoryBlockMsBeforeExpire(key: string): number }
  ).getInMemoryBlockMsBeforeExpire(key);
}

function pointsOf({ points }: Rule, percent: number): number {
  return Math.max(1, Math.round((points * percent) / 100));
}

/** Hashed: the stored value reveals no address, and has a fixed length. */
function keyOf({ by }: Rule, spender: Spender): string {
  return hash("sha256", by.map((it) => spender[it]).join("\n"), "base64url");
}

function nameOf({ address, client = "" }: { [name in keyof Spender]: Spender[name] | undefined }): string {
  return hash("sha256", `${address}\n${client}`, "base64url");
}

function rateLimited({ on, by }: Rule, waitMs: number) {
  const limit = [on.toLowerCase(), by.join(" and ") || "everybody"].join(" by ");
  return refuse(Reason.RATE_LIMITED, { metadata: { limit }, retryAfterMs: Math.max(1_000, waitMs) });
}
