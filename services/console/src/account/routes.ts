import type { Routes } from "../visits/routes.ts";
import { createToken } from "./create-token.ts";
import { revokeSession, revokeSessions } from "./revoke-session.ts";
import { revokeToken } from "./revoke-token.ts";
import { showSessions } from "./sessions-page.ts";
import { showTokens } from "./tokens-page.ts";

const TOKENS = "/v1/personal-access-tokens";

/** A person's sessions, and the tokens of their programs. */
export const ACCOUNT: Routes = {
  pages: [
    { path: "/v1/sessions", show: showSessions },
    { path: TOKENS, show: showTokens },
  ],
  acts: [
    { method: "DELETE", path: "/v1/sessions", act: revokeSessions, page: showSessions },
    { method: "DELETE", path: "/v1/sessions/:session_id", act: revokeSession, page: showSessions },
    { method: "POST", path: TOKENS, act: createToken, page: showTokens },
    { method: "DELETE", path: `${TOKENS}/:token_id`, act: revokeToken, page: showTokens },
  ],
};
