import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AuthEventKind } from "@tessera/contracts/tessera/auth/v1/auth_event_pb.ts";
import { SigningAlgorithm } from "@tessera/contracts/tessera/auth/v1/signing_key_pb.ts";
import { SigningKeyService } from "@tessera/contracts/tessera/auth/v1/signing_key_service_pb.ts";
import type { TokenAlgorithm } from "@tessera/identity/token-algorithm.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { appendEvent, by } from "../event-store.ts";
import { notAdministrator } from "../users/refusals.ts";
import { isAdministrator } from "../users/store.ts";
import { nextGeneration, soonestByHand } from "./signing-key.ts";
import { SIGNING_KEYS } from "./signing-key-document.ts";
import { addKey, holdKeys } from "./store.ts";

/** The algorithms that a request may name; undefined leaves it to the settings. */
const ALGORITHMS: Record<SigningAlgorithm, TokenAlgorithm | undefined> = {
  [SigningAlgorithm.UNSPECIFIED]: undefined,
  [SigningAlgorithm.EDDSA]: "EdDSA",
  [SigningAlgorithm.RS256]: "RS256",
};

/** Implements tessera.auth.v1.SigningKeyService.RotateSigningKey. */
export const rotateSigningKey = ({ store, makeKey }: Deps) =>
  command(SigningKeyService.method.rotateSigningKey, async ({ algorithm }, attempt) => {
    await store.replayIfDone(attempt);
    return store.write(attempt, async (tx, now) => {
      const { caller } = attempt;
      if (!(await isAdministrator(tx, caller))) throw notAdministrator();
      const generation = nextGeneration(await holdKeys(tx));
      const key = await makeKey(generation, ALGORITHMS[algorithm]);
      const activateTime = soonestByHand(now);
      await addKey(tx, key, activateTime);
      const details = { kid: key.kid };
      await appendEvent(tx, { kind: AuthEventKind.SIGNING_KEY_ROTATED, ...by(caller), details });
      const response = { activateTime: timestampFromDate(activateTime) };
      return { name: `${SIGNING_KEYS}${key.kid}`, revision: 1n, response };
    });
  });
