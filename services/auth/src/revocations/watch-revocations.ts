import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { type Revocation, RevocationSchema } from "@tessera/contracts/tessera/auth/v1/revocation_pb.ts";
import type {
  RevocationService,
  WatchRevocationsResponseSchema,
} from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import type { Deps } from "../deps.ts";
import type { StoredRevocation } from "./store.ts";

/** The page size with which the revocations in force are read. */
const PAGE_SIZE = 1_000;

type Message = MessageInitShape<typeof WatchRevocationsResponseSchema>;

/** Implements tessera.auth.v1.RevocationService.WatchRevocations. */
export function watchRevocations({
  store,
  revocations,
}: Deps): MethodImpl<typeof RevocationService.method.watchRevocations> {
  return async function* (_, context) {
    // A stream lives no longer than the token that opened it.
    const leftMs = (callerOf(context).expireTimeMs ?? 0) - Date.now();
    const ends = AbortSignal.any([context.signal, AbortSignal.timeout(Math.max(0, leftMs))]);
    // Followed first: revocations during the read come after it, perhaps twice, and are never missed.
    const news = revocations.follow(ends)[Symbol.asyncIterator]();
    let next = news.next();
    try {
      let after = "";
      for (;;) {
        const page = await store.revocations.list(after, PAGE_SIZE);
        for (const it of page) yield messageOf(it);
        after = page.at(-1)?.subject ?? "";
        if (page.length < PAGE_SIZE) break;
      }
      yield { message: { case: "complete", value: true } };
      for (let lot = await next; !lot.done; lot = await next) {
        for (const it of lot.value) yield messageOf(it);
        next = news.next();
      }
    } finally {
      next.catch(() => {});
      await news.return?.();
    }
  };
}

function messageOf(stored: StoredRevocation): Message {
  return { message: { case: "revocation", value: revocationDocument(stored) } };
}

function revocationDocument(stored: StoredRevocation): Revocation {
  const { sessionId, userId, kid, tokenVersion, blocked, forgetTime } = stored;
  return create(RevocationSchema, {
    ...(sessionId !== null && { sessionId }),
    ...(userId !== null && { userId, tokenVersion }),
    ...(kid !== null && { kid }),
    blocked,
    ...(forgetTime && { forgetTime: timestampFromDate(forgetTime) }),
  });
}
