import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { revokeSignedBy } from "../revocations/store.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { revocable } from "./signing-key.ts";
import { SIGNING_KEYS } from "./signing-key-document.ts";
import { holdKeys, revokeKey } from "./store.ts";

/** Implements tessera.auth.v1.SigningKeyService.RevokeSigningKey. */
export const revokeSigningKey = ({ store }: Deps) =>
  command(SigningKeyService.method.revokeSigningKey, async ({ kid }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const key = revocable(await holdKeys(tx), kid, now);
      const name = `${SIGNING_KEYS}${kid}`;
      if (key.revokeTime !== null) return { name, revision: key.revision };
      await appendEvent(tx, { kind: AuthEventKind.SIGNING_KEY_REVOKED, ...by(caller), details: { kid } });
      await revokeSignedBy(tx, kid);
      return { name, revision: await revokeKey(tx, kid) };
    });
  });
