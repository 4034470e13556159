import type { ServiceImpl } from "@connectrpc/connect";
import type { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Deps } from "../deps.ts";
import { createKeyToken } from "./create-key-token.ts";
import { createServiceToken } from "./create-service-token.ts";
import { exchangeToken } from "./exchange-token.ts";
import { introspectToken } from "./introspect-token.ts";
import { issueStreamTicket } from "./issue-stream-ticket.ts";
import { revokeToken } from "./revoke-token.ts";

/** Implements tessera.auth.v1.TokenService. */
export function tokenService(deps: Deps): ServiceImpl<typeof TokenService> {
  return {
    createServiceToken: createServiceToken(deps),
    createKeyToken: createKeyToken(deps),
    exchangeToken: exchangeToken(deps),
    introspectToken: introspectToken(deps),
    issueStreamTicket: issueStreamTicket(deps),
    revokeToken: revokeToken(deps),
  };
}
