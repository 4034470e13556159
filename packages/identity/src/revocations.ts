import { createClient, type Transport } from "@connectrpc/connect";
import type { Revocation } from "@tessera/contracts/tessera/auth/v1/revocation_pb.ts";
import {
  RevocationService,
  type WatchRevocationsResponse,
} from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { Reason, ReasonSchema } from "@tessera/contracts/tessera/rpc/v1/reason_pb.ts";
import type { Caller } from "@tessera/rpc/caller.ts";
import { type Refusal, refusals } from "@tessera/rpc/refusal.ts";
import type { RevokedCallers } from "@tessera/rpc/stream-end.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";

/** The pause before a lost stream is opened again; it doubles with each failure up to the longest. */
const RETRY_MS = 200;
const RETRY_MAX_MS = 2_000;
/** What need not be known any more is forgotten this often. */
const FORGET_MS = 60_000;

const refuse = refusals(ReasonSchema);

/** The revoked tokens, kept in this process. */
export interface Revocations extends RevokedCallers {
  /** Refuses TOKEN_REVOKED or USER_BLOCKED. */
  refuseRevoked(caller: Caller): void;
  isBlocked(userId: bigint): boolean;
  stop(): Promise<void>;
}

/**
 * Follows the auth service's stream of revocations, for as long as this process runs. While auth is gone, those that were
 * known stay in force.
 */
export function followRevocations(
  transport: Transport,
  headers: () => Promise<Record<string, string>>,
  log: Logger,
): Revocations {
  const client = createClient(RevocationService, transport);
  const known = new Known();
  const read = async (signal: AbortSignal): Promise<void> => {
    const stream = client.watchRevocations({}, { headers: await headers(), signal });
    known.begin();
    let isSilent = true;
    for await (const { message } of stream) {
      known.take(message);
      isSilent = false;
    }
    if (isSilent) throw new Error("the stream ended without a message");
  };
  const following = repeat({
    everyMs: RETRY_MS,
    retry: { firstMs: RETRY_MS, mostMs: RETRY_MAX_MS },
    work: read,
    failed: (error) => log.warn({ cause: String(error) }, "lost the revocation stream of auth; retrying"),
  });
  const forgetting = repeat({
    everyMs: FORGET_MS,
    work: () => known.forget(Date.now()),
    failed: (error) => log.error({ err: error }, "could not forget expired revocations; retrying"),
    later: true,
  });
  return {
    refuseRevoked: (caller) => known.refuse(caller),
    isBlocked: (userId) => known.isBlocked(userId),
    onRevoked: (caller, notify) => known.watch({ caller, notify }),
    stop: async () => {
      await Promise.all([following.stop(), forgetting.stop()]);
    },
  };
}

/** A caller whose call lasts. */
interface Watcher {
  caller: Caller;
  notify: (refusal: Refusal) => void;
}

/** What is in force; and, while a stream begins, what will be when its beginning is complete. */
class Known {
  #users = new Map<bigint, Revocation>();
  #sessions = new Map<string, Revocation>();
  #keys = new Map<string, Revocation>();
  #coming: Revocation[] | undefined;
  /** Those who last, by what a revocation can name. */
  #watchers = new Map<string, Set<Watcher>>();

  begin(): void {
    this.#coming = [];
  }

  take(message: WatchRevocationsResponse["message"]): void {
    if (message.case === "complete") {
      this.#users.clear();
      this.#sessions.clear();
      this.#keys.clear();
      for (const revocation of this.#coming ?? []) this.#add(revocation);
      this.#coming = undefined;
      for (const watchers of [...this.#watchers.values()]) this.#tell(watchers);
    } else if (message.case === "revocation") {
      // Also at once: what is known sooner is refused sooner.
      this.#add(message.value);
      this.#coming?.push(message.value);
      this.#tell(this.#watchers.get(subjectOf(message.value)) ?? []);
    }
  }

  refuse(caller: Caller): void {
    const refusal = this.#against(caller);
    if (refusal !== undefined) throw refusal;
  }

  watch(watcher: Watcher): () => void {
    const { userId, sessionId, keyId } = watcher.caller;
    const subjects = [`user ${userId}`, `session ${sessionId}`, `key ${keyId}`];
    for (const subject of subjects) {
      const watchers = this.#watchers.get(subject) ?? new Set();
      this.#watchers.set(subject, watchers.add(watcher));
    }
    this.#tell([watcher]);
    return () => {
      for (const subject of subjects) {
        const watchers = this.#watchers.get(subject);
        watchers?.delete(watcher);
        if (watchers?.size === 0) this.#watchers.delete(subject);
      }
    };
  }

  isBlocked(userId: bigint): boolean {
    return this.#users.get(userId)?.blocked ?? false;
  }

  forget(nowMs: number): void {
    for (const known of [this.#users, this.#sessions, this.#keys] as Map<unknown, Revocation>[]) {
      for (const [key, { forgetTime }] of known) {
        if (forgetTime !== undefined && Number(forgetTime.seconds) * 1000 < nowMs) known.delete(key);
      }
    }
  }

  #against({ userId, sessionId, tokenVersion, keyId }: Caller): Refusal | undefined {
    const user = this.#users.get(userId);
    if (user?.blocked) return refuse(Reason.USER_BLOCKED);
    if (this.#keys.has(keyId) || this.#sessions.has(sessionId)) return refuse(Reason.TOKEN_REVOKED);
    return user !== undefined && tokenVersion < (user.tokenVersion ?? 0)
      ? refuse(Reason.TOKEN_REVOKED)
      : undefined;
  }

  #tell(watchers: Iterable<Watcher>): void {
    for (const { caller, notify } of [...watchers]) {
      const refusal = this.#against(caller);
      if (refusal !== undefined) notify(refusal);
    }
  }

  #add(revocation: Revocation): void {
    const { userId, kid, sessionId } = revocation;
    if (userId !== undefined) this.#users.set(userId, revocation);
    if (kid !== undefined) this.#keys.set(kid, revocation);
    if (sessionId !== undefined) this.#sessions.set(sessionId, revocation);
  }
}

function subjectOf({ userId, kid, sessionId }: Revocation): string {
  if (userId !== undefined) return `user ${userId}`;
  return kid !== undefined ? `key ${kid}` : `session ${sessionId}`;
}
