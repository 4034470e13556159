import type { ServiceImpl } from "@connectrpc/connect";
import type { RevocationService } from "@tessera/contracts/tessera/auth/v1/revocation_service_pb.ts";
import type { Deps } from "../deps.ts";
import { watchRevocations } from "./watch-revocations.ts";

/** Implements tessera.auth.v1.RevocationService. */
export function revocationService(deps: Deps): ServiceImpl<typeof RevocationService> {
  return { watchRevocations: watchRevocations(deps) };
}
