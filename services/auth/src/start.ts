import { randomUUID } from "node:crypto";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { refuseUnsafe } from "@tessera/postgres/durability.ts";
import { keepHouse } from "@tessera/postgres/keep-house.ts";
import { connectPool } from "@tessera/postgres/pool.ts";
import { refuseMissingSchema } from "@tessera/postgres/schema.ts";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { verifyAccessToken } from "@tessera/rpc/access-token.ts";
import { serve, served } from "@tessera/rpc/serve.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { AuthConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { keyRing } from "./key-ring.ts";
import { serveKeys } from "./keys-server.ts";
import { MIGRATIONS } from "./migrations.ts";
import { serverKey } from "./server-key.ts";
import { authService } from "./service.ts";
import { openStore } from "./store/open-store.ts";
import { verifyStanding } from "./verify-standing.ts";

/** How long a closing pool waits for what runs. */
const POOL_CLOSE_SECONDS = 5;
const DAY_SECONDS = 86_400;

/** A running auth service. */
export interface RunningAuth {
  /** Of gRPC: "host:port". */
  address: string;
  /** Of the key set. */
  keysUrl: string;
  stop(): Promise<void>;
}

/** Starts the auth service on a database that has its schema. What it began is undone if it cannot start. */
export async function startAuth(config: AuthConfig, log: Log): Promise<RunningAuth> {
  await using begun = new AsyncDisposableStack();
  const sql = connectPool(config.DATABASE_URL, { applicationName: "auth", max: config.POOL_SIZE });
  begun.defer(() => sql.end({ timeout: POOL_CLOSE_SECONDS }));
  await refuseUnsafe(sql);
  await refuseMissingSchema(sql, MIGRATIONS);
  const store = openStore(sql);
  const keys = await keyRing(store, {
    secret: config.KEY_ENCRYPTION_SECRET,
    rotationSeconds: config.KEY_ROTATION_DAYS * DAY_SECONDS,
    log,
  });
  begun.defer(() => keys.stop());
  const deps: Deps = {
    store,
    keys,
    tokenIssuer: config.TOKEN_ISSUER,
    lifetimes: lifetimesIn(config),
    tokenKey: serverKey(config.KEY_ENCRYPTION_SECRET, "tokens"),
    developmentSignIn: config.DEVELOPMENT_SIGN_IN,
    newId: randomUUID,
  };
  if (deps.developmentSignIn)
    log.warn("DEVELOPMENT_SIGN_IN is on: anybody may sign in as anybody, administrators too");

  const housekeeping = keepHouse(sql, log, { keys: store.keys.forget, sessions: store.sessions.forget });
  begun.defer(() => housekeeping.stop());
  const keysServer = await serveKeys({
    keySet: keys.published,
    host: config.GRPC_HOST,
    port: config.KEYS_PORT,
  });
  begun.defer(() => keysServer.stop());
  const serving = await serve({
    services: [served(AuthService, authService(deps))],
    verify: verifyStanding(
      verifyAccessToken({ issuer: deps.tokenIssuer, keys: keys.find, service: "auth" }),
      store.sessions.standing,
    ),
    log,
    translate: translateFailure,
    ready: () => sql`select 1`,
    host: config.GRPC_HOST,
    port: config.GRPC_PORT,
    drainMs: config.DRAIN_MILLISECONDS,
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return { address: serving.address, keysUrl: keysServer.url, stop: () => running.disposeAsync() };
}

function lifetimesIn(config: AuthConfig): Deps["lifetimes"] {
  return {
    accessTokenSeconds: config.ACCESS_TOKEN_SECONDS,
    refreshIdleSeconds: config.REFRESH_IDLE_DAYS * DAY_SECONDS,
    refreshLifetimeSeconds: config.SESSION_DAYS * DAY_SECONDS,
    refreshReplaySeconds: config.REFRESH_REPLAY_SECONDS,
  };
}
