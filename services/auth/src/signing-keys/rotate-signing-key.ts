import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MethodImpl } from "@connectrpc/connect";
import { EventKind } from "@tessera/contracts/tessera/auth/v1/event_pb.ts";
import { SigningAlgorithm } from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import type { TokenAlgorithm } from "@tessera/identity/token-algorithm.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { appendEvent } from "../append-event.ts";
import type { Deps } from "../deps.ts";
import { isAdministrator } from "../users/is-administrator.ts";
import { notAdministrator } from "../users/refusals.ts";
import { soonestByHand } from "./signing-key.ts";
import { SIGNING_KEYS } from "./signing-key-document.ts";
import { addKey, holdKeys } from "./store.ts";

/** What a request may name; undefined leaves it to the settings. */
const ALGORITHMS: Record<SigningAlgorithm, TokenAlgorithm | undefined> = {
  [SigningAlgorithm.UNSPECIFIED]: undefined,
  [SigningAlgorithm.EDDSA]: "EdDSA",
  [SigningAlgorithm.RS256]: "RS256",
};

/** Implements tessera.auth.v1.SigningKeyService.RotateSigningKey. */
export function rotateSigningKey({
  store,
  makeKey,
}: Deps): MethodImpl<typeof SigningKeyService.method.rotateSigningKey> {
  return (request, context) => {
    const caller = callerOf(context);
    return store.command({
      method: SigningKeyService.method.rotateSigningKey,
      request,
      context,
      work: async (tx, now) => {
        if (!(await isAdministrator(tx, caller))) throw notAdministrator();
        const keys = await holdKeys(tx);
        const key = await makeKey((keys.at(-1)?.generation ?? 0) + 1, ALGORITHMS[request.algorithm]);
        const activateTime = soonestByHand(now);
        await addKey(tx, key, activateTime);
        const { userId: actor, clientId } = caller;
        const details = { kid: key.kid };
        await appendEvent(tx, { kind: EventKind.SIGNING_KEY_ROTATED, actor, clientId, details });
        return {
          name: `${SIGNING_KEYS}${key.kid}`,
          revision: 1n,
          response: { activateTime: timestampFromDate(activateTime) },
        };
      },
    });
  };
}
