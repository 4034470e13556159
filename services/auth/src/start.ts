import { randomUUID } from "node:crypto";
import { AuthEventService } from "@tessera/contracts/tessera/auth/v1/auth_event_service_pb.ts";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { UserService } from "@tessera/contracts/tessera/auth/v1/user_service_pb.ts";
import { pulse } from "@tessera/feeds/pulse.ts";
import { afterTransactions } from "@tessera/postgres/after-transactions.ts";
import { keepHouse } from "@tessera/postgres/keep-house.ts";
import { openDatabase } from "@tessera/postgres/open-database.ts";
import { translateFailure } from "@tessera/postgres/translate-failure.ts";
import { untilAvailable } from "@tessera/postgres/until-available.ts";
import { type Served, serve, served } from "@tessera/rpc/serve.ts";
import { tlsOf } from "@tessera/rpc/tls.ts";
import type { Log } from "@tessera/runtime/log.ts";
import type { AuthConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { authEventService } from "./events/auth-event-service.ts";
import { startEventFeed } from "./events/event-feed.ts";
import { forgetEvents } from "./events/store.ts";
import { followWork } from "./levels/follow-work.ts";
import { forgetWork } from "./levels/store.ts";
import { createLimits } from "./limits/limits.ts";
import { forgetSpent } from "./limits/store.ts";
import { MIGRATIONS } from "./migrations.ts";
import { KEYS_PATH } from "./oauth/endpoints.ts";
import { serveOAuth } from "./oauth/serve-oauth.ts";
import { openStore } from "./open-store.ts";
import { revocationWatch } from "./revocations/revocation-watch.ts";
import { authService } from "./service.ts";
import { deployAccounts } from "./service-accounts/deployed-accounts.ts";
import { revokedCallers } from "./sessions/revoked-callers.ts";
import { readSigns } from "./sign-store.ts";
import { type KeyRingOptions, keyRing } from "./signing-keys/key-ring.ts";
import { FORGOTTEN_OF_TEAMS, teamServices } from "./team-services.ts";
import { forgottenOfTokens, tokenDeps, tokenServices } from "./token-services.ts";
import { ownHeaders } from "./tokens/own-token.ts";
import { userService } from "./users/user-service.ts";

/** How long a closing pool waits for what runs. */
const POOL_CLOSE_SECONDS = 5;
const DAY_SECONDS = 86_400;

const DATABASE = { applicationName: "auth", migrations: MIGRATIONS };

/** A running auth service. */
export interface RunningAuth {
  /** Of gRPC: "host:port". */
  address: string;
  /** Of the HTTP port: "http://host:port". */
  httpUrl: string;
  /** Of the key set. */
  keysUrl: string;
  stop(): Promise<void>;
}

/** Starts the auth service on a database that has its schema. What it began is undone if it cannot start. */
export async function startAuth(config: AuthConfig, log: Log, stopped?: AbortSignal): Promise<RunningAuth> {
  await using begun = new AsyncDisposableStack();
  const sql = await openDatabase(config, { ...DATABASE, log, signal: stopped });
  begun.defer(() => sql.end({ timeout: POOL_CLOSE_SECONDS }));
  const signs = pulse(() => readSigns(sql), failedIn(log));
  begun.defer(() => signs.stop());
  const store = openStore(afterTransactions(sql, signs.poke));
  const patience = { log, signal: stopped, limitMs: config.START_WAIT_MILLISECONDS };
  const keys = await untilAvailable(patience, () => keyRing(store, keysIn(config, log)));
  begun.defer(() => keys.stop());
  await untilAvailable(patience, () => deployAccounts(store, config.SERVICE_ACCOUNTS));
  const eventFeed = startEventFeed(sql, signs, log);
  begun.defer(() => eventFeed.stop());
  const stopping = new AbortController();
  const deps: Deps = {
    store,
    ...tokenDeps(config, store, keys),
    revocations: revocationWatch(store.revocations, signs, log, stopping.signal),
    developmentSignIn: config.DEVELOPMENT_SIGN_IN,
    limits: createLimits(store.spentLimits, config.RATE_LIMIT_PERCENT),
    ...peopleIn(config),
    eventFeed,
    stopping: stopping.signal,
    serviceHeaders: ownHeaders(() => deps),
    newId: randomUUID,
  };
  if (deps.developmentSignIn)
    log.warn("DEVELOPMENT_SIGN_IN is on: anybody can sign in as any user, administrators included");

  const housekeeping = keepHouse(sql, log, {
    ...forgottenOfTokens(store),
    sign_ins: store.signIns.forgetSignIns,
    authorization_codes: store.signIns.forgetCodes,
    spent_limits: forgetSpent,
    events: forgetEvents(config.EVENT_RETENTION_DAYS),
    work: forgetWork,
    ...FORGOTTEN_OF_TEAMS,
  });
  begun.defer(() => housekeeping.stop());
  const work = followWork(config, deps, log);
  begun.defer(() => work.stop());
  const { verify } = deps;
  const http = await serveOAuth({ config, deps, log });
  begun.defer(() => http.stop());
  const serving = await serve({
    services: servicesOf(deps),
    verify,
    revocations: revokedCallers(deps.revocations),
    tls: tlsOf(config),
    trustedProxies: config.TRUSTED_PROXIES,
    log,
    translate: translateFailure,
    ready: signs.ready,
    host: config.GRPC_HOST,
    port: config.GRPC_PORT,
    drainMs: config.DRAIN_MILLISECONDS,
    endStreams: () => stopping.abort(),
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return {
    address: serving.address,
    httpUrl: http.url,
    keysUrl: `${http.url}${KEYS_PATH}`,
    stop: () => running.disposeAsync(),
  };
}

function failedIn(log: Log): (error: unknown) => void {
  return (error) => log.warn({ err: error }, "could not look for news in the database; retrying");
}

function keysIn(config: AuthConfig, log: Log): KeyRingOptions {
  return {
    secret: config.KEY_ENCRYPTION_SECRET,
    rotationSeconds: config.KEY_ROTATION_DAYS * DAY_SECONDS,
    algorithm: config.SIGNING_ALGORITHM,
    log,
  };
}

function peopleIn(config: AuthConfig): Pick<Deps, "deletionServices" | "streamMaxMs" | "invitationSeconds"> {
  return {
    deletionServices: config.DELETION_SERVICES.split(",").filter((name) => name !== ""),
    streamMaxMs: config.STREAM_MAX_MILLISECONDS,
    invitationSeconds: config.INVITATION_DAYS * DAY_SECONDS,
  };
}

function servicesOf(deps: Deps): Served[] {
  return [
    served(AuthService, authService(deps)),
    served(UserService, userService(deps)),
    served(AuthEventService, authEventService(deps)),
    ...tokenServices(deps),
    ...teamServices(deps),
  ];
}
