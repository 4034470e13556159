import { randomUUID } from "node:crypto";
import { createClient, type Transport } from "@connectrpc/connect";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { repeat } from "@tessera/runtime/repeat.ts";
import type { Logger } from "pino";

/** How often deleted users are read. */
const LOOK_MS = 10_000;
/** At most this many are read at once; the rest, the next time. */
const PAGE_SIZE = 100;

/** What a service does about people who are deleted. */
export interface ConfirmDeletionsOptions {
  auth: Transport;
  /** What this service's own calls carry. */
  headers: () => Promise<Record<string, string>>;
  /** This service's name, "task". */
  service: string;
  /** Forgets what the service keeps about a person, beyond the number; may be called again for the same. */
  forget: (userId: bigint) => Promise<void>;
  log: Logger;
  /** LOOK_MS unless a test says otherwise. */
  lookMs?: number;
}

/** Asks the auth service who was deleted, forgets them here, and says so. */
export function confirmDeletions(options: ConfirmDeletionsOptions): { stop(): Promise<void> } {
  const { auth, headers, service, forget, log, lookMs = LOOK_MS } = options;
  const users = createClient(UserService, auth);
  const look = async (signal: AbortSignal): Promise<void> => {
    const call = { headers: await headers(), signal };
    const { deletions } = await users.listDeletions({ service, pageSize: PAGE_SIZE }, call);
    for (const { userId } of deletions) {
      await forget(userId);
      await users.confirmDeletion({ requestId: randomUUID(), userId, service }, call);
    }
  };
  return repeat({
    everyMs: lookMs,
    work: look,
    failed: (error) =>
      log.warn({ cause: String(error) }, "could not read the deleted users from auth; retrying"),
  });
}
