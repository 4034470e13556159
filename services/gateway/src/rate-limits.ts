import type { OutgoingHttpHeaders } from "node:http";
import type { DescMethod } from "@bufbuild/protobuf";
import { isCommand } from "@tessera/contracts/reason-facts.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import {
  type MemoryLimiter,
  memoryLimiter,
  type RateLimiterRes,
} from "@tessera/rpc/admission/memory-limiter.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { refusals } from "@tessera/rpc/refusal.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";

/** What requests do: each sort has limits of its own. */
export const SORTS = ["reads", "writes", "exports"] as const;
export type Sort = (typeof SORTS)[number];

/** The callers that are counted together. A client is one sign-in of a program, a personal access token or a service account. */
export type Subject = "person" | "client" | "address";

/** How many requests of each sort one subject may send in a minute. */
export type Quota = Readonly<Record<Sort, number>>;
export type Quotas = Readonly<Record<Subject, Quota>>;

/**
 * Far above what people and their programs do, and a part of what one gateway can do. A client has three quarters of what its
 * person has, so that one that runs wild leaves something to the person's others. An address counts for those who are not
 * signed in: a mapathon of 1,000 people, each with two requests a second, may be behind it.
 */
export const QUOTAS: Quotas = {
  person: { reads: 60_000, writes: 12_000, exports: 1_200 },
  client: { reads: 45_000, writes: 9_000, exports: 900 },
  address: { reads: 120_000, writes: 12_000, exports: 12_000 },
};
/** The time in which a quota may be used up, in seconds. */
const WINDOW_SECONDS = 60;

const refuse = refusals(ReasonSchema);

/** Counts requests, in the memory of this process: each gateway has limits of its own. */
export interface RateLimits {
  /**
   * Counts a request, and hands the fields that its answer has to `show`. Refuses RATE_LIMITED where its client, its person or,
   * where nobody is signed in, its address has sent too many of this sort.
   */
  spend(
    sort: Sort,
    caller: Caller,
    address: string,
    show: (fields: OutgoingHttpHeaders) => void,
  ): Promise<void>;
}

/** One limit, of one sort for one kind of subject. */
interface Limit {
  /** Such as "person-reads". */
  name: string;
  quota: number;
  policy: string;
  limiter: MemoryLimiter;
}

/** Makes the limits. `percent` scales all of them; 0 turns them off. */
export function rateLimits(quotas: Quotas = QUOTAS, percent = 100): RateLimits {
  if (percent === 0) return { spend: () => Promise.resolve() };
  const limitsOf = (subject: Subject) =>
    Object.fromEntries(
      SORTS.map((sort) => [sort, limitOf(`${subject}-${sort}`, quotas[subject][sort], percent)]),
    ) as Record<Sort, Limit>;
  const limits = { person: limitsOf("person"), client: limitsOf("client"), address: limitsOf("address") };
  return {
    async spend(sort, caller, address, show) {
      const { userId, clientId, sessionId } = caller;
      const spent: [Limit, string][] =
        userId === 0n
          ? [[limits.address[sort], address]]
          : [
              // The client first: what is refused for its sake costs its person nothing.
              [limits.client[sort], `${userId} ${clientId} ${sessionId}`],
              [limits.person[sort], `${userId}`],
            ];
      const left: string[] = [];
      const fields = () => ({
        "RateLimit-Policy": spent.map(([{ policy }]) => policy).join(", "),
        RateLimit: left.join(", "),
      });
      for (const [{ name, quota, limiter }, key] of spent) {
        const result = await limiter.consume(key).catch((exceeded: RateLimiterRes) => exceeded);
        const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1_000));
        left.push(`"${name}";r=${result.remainingPoints};t=${seconds}`);
        if (result.consumedPoints <= quota) continue;
        show(fields());
        throw refuse(Reason.RATE_LIMITED, { metadata: { limit: name }, retryAfterMs: seconds * 1_000 });
      }
      show(fields());
    },
  };
}

function limitOf(name: string, points: number, percent: number): Limit {
  const quota = Math.max(1, Math.round((points * percent) / 100));
  const policy = `"${name}";q=${quota};w=${WINDOW_SECONDS}`;
  return { name, quota, policy, limiter: memoryLimiter(quota, WINDOW_SECONDS) };
}

/** What a call of an RPC does. An export is a stream of a whole list; one that can be resumed is followed, and read. */
export function sortOf(rpc: DescMethod): Sort {
  if (isCommand(rpc)) return "writes";
  const isList = rpc.output.fields.some((it) => it.fieldKind === "list" && it.listKind === "message");
  const isFollowed = fieldWithRole(rpc.output, FieldRole.POSITION) !== undefined;
  return rpc.methodKind === "server_streaming" && isList && !isFollowed ? "exports" : "reads";
}
