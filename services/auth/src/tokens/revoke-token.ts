import { createHash } from "node:crypto";
import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import { command } from "@tessera/postgres/command.ts";
import type { Deps } from "../deps.ts";
import { SESSIONS } from "../sessions/session.ts";
import { timeOf } from "../users/store.ts";
import { madeUp, revokeByHolder } from "./revoke-by-holder.ts";
import { tokenStateOf } from "./token-state.ts";

/** Implements tessera.auth.v1.TokenService.RevokeToken. */
export const revokeToken = (deps: Deps) =>
  command(
    TokenService.method.revokeToken,
    async ({ token }, attempt) => {
      const { store, limits } = deps;
      await attempt.once(() => limits.spend("HAND_OUT", { account: token }));
      // Before the look at what is remembered: of a token that a twin of this request revokes meanwhile, that is remembered.
      const state = await attempt.once(() => tokenStateOf(deps, token));
      await store.replayIfDone(attempt);
      // Nothing is written for a text that anybody can make up.
      if (state === undefined)
        return { name: `${SESSIONS}${madeUp(token)}`, revision: 1n, commitTime: await store.begin(timeOf) };
      return store.write(attempt, async (tx) => {
        const { sessionId, revision } = await revokeByHolder(tx, token, state);
        return { name: `${SESSIONS}${sessionId}`, revision };
      });
    },
    {
      // Nobody need be signed in: the request belongs to the holder of the token.
      callerIn: ({ token }) => `revoke:${createHash("sha256").update(token).digest("base64url")}`,
    },
  );
