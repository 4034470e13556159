import { randomBytes, randomUUID } from "node:crypto";
import type { DescService } from "@bufbuild/protobuf";
import { type Client, type ConnectError, createClient } from "@connectrpc/connect";
import { AuthService } from "@tessera/contracts/tessera/auth/v1/auth_service_pb.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { refusalIn } from "@tessera/rpc/refusal-wire.ts";
import { createLog } from "@tessera/runtime/log.ts";
import { Secret } from "@tessera/runtime/secret.ts";
import { databaseConfig, type TestDatabase, testDatabase } from "@tessera/testing/database.ts";
import { z } from "zod";
import type { AuthConfig } from "../config.ts";
import { MIGRATIONS } from "../migrations.ts";
import { oauthEnvironment } from "../oauth/oauth-config.ts";
import { type RunningAuth, startAuth } from "../start.ts";
import { upstreamEnvironment } from "../upstream/upstream-config.ts";

/** A log that nobody reads. */
export const silent = createLog({ name: "auth", level: "silent" });

/** What the environment has for sign-in where nothing is set, but for limits, which tests would meet. */
const SIGN_IN_DEFAULTS = z
  .object({ ...oauthEnvironment, ...upstreamEnvironment })
  .parse({ RATE_LIMIT_PERCENT: "0" });

/** A running auth service on a database of its own, for tests. */
export interface TestSystem {
  auth: RunningAuth;
  config: AuthConfig;
  database: TestDatabase;
  client: Client<typeof AuthService>;
  /** Signs in, and returns the headers of a call by that person. */
  signIn(name: string): Promise<{ headers: { authorization: string } }>;
  /** A client of any of the services, in the first replica. */
  clientOf<S extends DescService>(service: S): Client<S>;
  /** Signs in a program with the scope `services`. */
  signInService(name: string): Promise<{ headers: { authorization: string } }>;
  /** Starts another replica, or the same again with other settings. */
  start(
    changes?: Partial<AuthConfig>,
  ): Promise<{ auth: RunningAuth; client: Client<typeof AuthService>; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Starts what a test needs. */
export async function testSystem(changes: Partial<AuthConfig> = {}): Promise<TestSystem> {
  const database = await testDatabase(MIGRATIONS);
  const config: AuthConfig = {
    ...databaseConfig(database),
    GRPC_HOST: "127.0.0.1",
    GRPC_PORT: 0,
    KEYS_PORT: 0,
    DRAIN_MILLISECONDS: 0,
    TOKEN_ISSUER: "https://auth.test",
    ACCESS_TOKEN_SECONDS: 600,
    REFRESH_IDLE_DAYS: 30,
    SESSION_DAYS: 90,
    REFRESH_REPLAY_SECONDS: 30,
    KEY_ROTATION_DAYS: 30,
    SIGNING_ALGORITHM: "EdDSA",
    SERVICE_ACCOUNTS: [],
    KEY_ENCRYPTION_SECRET: new Secret(randomBytes(32).toString("hex")),
    DEVELOPMENT_SIGN_IN: true,
    ...SIGN_IN_DEFAULTS,
    ADMINISTRATORS: [],
    DELETION_SERVICES: "project,task",
    EVENT_RETENTION_DAYS: 730,
    LEVEL_INTERMEDIATE_TASKS: 250,
    LEVEL_ADVANCED_TASKS: 500,
    STREAM_MAX_MILLISECONDS: 1_800_000,
    INVITATION_DAYS: 14,
    ...changes,
  };
  const start = async (others: Partial<AuthConfig> = {}) => {
    const auth = await startAuth({ ...config, ...others }, silent);
    const connection = connect(auth.address);
    const stop = async () => {
      connection.close();
      await auth.stop();
    };
    return { auth, connection, client: createClient(AuthService, connection), stop };
  };
  const first = await start();
  return {
    auth: first.auth,
    config,
    database,
    client: first.client,
    signIn: async (name) => {
      const { accessToken } = await first.client.createSession({ requestId: randomUUID(), name });
      return { headers: { authorization: `Bearer ${accessToken}` } };
    },
    clientOf: (service) => createClient(service, first.connection),
    signInService: async (name) => {
      const request = { requestId: randomUUID(), name };
      const { acknowledgement } = await first.client.createSession(request);
      await database.sql`
        update sessions set scopes = array['services'] where session_id = ${acknowledgement?.name.split("/")[1] ?? ""}`;
      // A token is made of its session: the same request again gets one that says more.
      const { accessToken } = await first.client.createSession(request);
      return { headers: { authorization: `Bearer ${accessToken}` } };
    },
    start,
    stop: async () => {
      await first.stop();
      await database.drop();
    },
  };
}

/** The refusal that a call ends with: its reason's name and its metadata. Fails where the call succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<{ reason?: string; metadata?: object }> {
  const error = await call.then(
    () => Promise.reject(new Error("the call succeeded")),
    (it: unknown) => it as ConnectError,
  );
  const refusal = refusalIn(error);
  return refusal === undefined ? {} : { reason: refusal.reason.name, metadata: refusal.metadata };
}
