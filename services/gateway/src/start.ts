import type { DescMethod } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { verifyAccessToken } from "@tessera/identity/access-token.ts";
import { keySet } from "@tessera/identity/key-set.ts";
import type { VerifyToken } from "@tessera/rpc/caller.ts";
import { connect } from "@tessera/rpc/connect.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { type GatewayConfig, shortName } from "./config.ts";
import { callerFinder, type FindCaller } from "./find-caller.ts";
import { pages } from "./pages/pages.ts";
import { type RunningGateway, serveGateway } from "./serve-gateway.ts";
import { oauthEndpoints } from "./streams/oauth-endpoints.ts";
import { longestUploadMs } from "./uploads/longest-upload.ts";

/** All headers of a request together. */
const HEADERS_MAX_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** What a whole request may take beyond its body. */
const REQUEST_MARGIN_MS = 15_000;
/** Longer than balancers keep a connection without a request (60 s), so that they are the ones who close it. */
const KEEP_ALIVE_MS = 65_000;

/** The RPCs that list something: their answers are written straight from the wire. */
const LISTS: ReadonlySet<DescMethod> = new Set(
  SERVICES.flatMap(({ methods }) => methods).filter(({ output }) =>
    [FieldRole.ROWS, FieldRole.ETAG].some((role) => fieldWithRole(output, role) !== undefined),
  ),
);

/** Starts the gateway. It need not wait for services: until they are there it answers 503. */
export async function startGateway(config: GatewayConfig, log: Log): Promise<RunningGateway> {
  const {
    authHttpUrl,
    consoleAddress,
    host,
    httpPort,
    bodyMaxBytes,
    bodyTimeoutMs,
    connectionsMax,
    requestsMax,
    drainMs,
  } = config;
  await using begun = new AsyncDisposableStack();
  const connections = new Map(
    SERVICES.map((service) => {
      const connection = connect(config.addresses[shortName(service)] as string, {
        tls: config.tls,
        isUnread: (method) => LISTS.has(method),
      });
      begun.defer(() => connection.close());
      return [service.typeName, connection] as const;
    }),
  );
  const verifying = verifyTokens(config, log);
  begun.defer(() => verifying.stop());
  const oauth = authHttpUrl === undefined ? undefined : oauthEndpoints(authHttpUrl);
  if (oauth !== undefined) begun.defer(() => oauth.stop());
  const shown = consoleAddress === undefined ? undefined : pages(SERVICES, consoleAddress);
  if (shown !== undefined) begun.defer(() => shown.stop());
  const serving = await serveGateway({
    services: SERVICES,
    transportFor: ({ typeName }) => {
      const connection = connections.get(typeName);
      if (connection === undefined) throw new Error(`${typeName} has no connection`);
      return connection;
    },
    findCaller: verifying.findCaller,
    log,
    host,
    port: httpPort,
    drainMs,
    corsOrigins: config.corsOrigins,
    publicUrl: config.publicUrl,
    keptAnswersBytes: config.keptAnswersBytes,
    spooledBytes: config.spooledBytes,
    ...(oauth !== undefined && { oauth }),
    ...(shown !== undefined && { pages: shown }),
    limits: {
      bodyMaxBytes,
      bodyTimeoutMs,
      connectionsMax,
      requestsMax,
      trustedProxies: config.trustedProxies,
      quotas: config.quotas,
      rateLimitPercent: config.rateLimitPercent,
      headersMaxBytes: HEADERS_MAX_BYTES,
      headersTimeoutMs: HEADERS_TIMEOUT_MS,
      // A file may come for as long as its upload lasts; how long other bodies may take is seen to where they are read.
      requestTimeoutMs: Math.max(bodyTimeoutMs, longestUploadMs(SERVICES)) + REQUEST_MARGIN_MS,
      keepAliveMs: KEEP_ALIVE_MS,
    },
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return { url: serving.url, stop: () => running.disposeAsync() };
}

/** Verifies tokens with the keys of auth, kept in this process, each as the service does that is called. */
function verifyTokens({ tokens }: GatewayConfig, log: Log): { findCaller: FindCaller; stop(): void } {
  if (tokens === undefined) {
    log.warn("JWKS_URL and TOKEN_ISSUER are not set: bodies are read before services verify the token");
    return { findCaller: callerFinder(), stop: () => {} };
  }
  const { keys, stop } = keySet(tokens.jwksUrls, log);
  const verifiers = new Map(
    SERVICES.map((it) => [it, verifyAccessToken({ issuer: tokens.issuer, keys, service: shortName(it) })]),
  );
  return { findCaller: callerFinder(({ parent }) => verifiers.get(parent) as VerifyToken), stop };
}
