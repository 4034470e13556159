import type { BlockList } from "node:net";
import type { DescService } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { keyUrls } from "@tessera/identity/key-set.ts";
import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { type Tls, tlsOf, tlsVariables } from "@tessera/rpc/tls.ts";
import { milliseconds, port, readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { type CorsOrigins, corsOrigins } from "./browsers/cross-origin.ts";
import { KEPT_ANSWERS_BYTES } from "./documents/kept-answers.ts";
import { SPOOLED_BYTES } from "./files/spooled-files.ts";
import { QUOTAS, type Quota, type Quotas } from "./rate-limits.ts";

/** The configuration of the gateway. */
export interface GatewayConfig {
  host: string;
  /** 0 for any free port. */
  httpPort: number;
  /** The address of each service, "host:port", by its short name: "auth". */
  addresses: Readonly<Record<string, string>>;
  /** The base URL of the OAuth endpoints; undefined if the gateway does not offer them. */
  authHttpUrl: string | undefined;
  /** The address of the console, "host:port"; undefined if there are no pages. */
  consoleAddress: string | undefined;
  /**
   * The keys and the issuer by which access tokens are verified before a body is read; undefined if only services
   * verify them.
   */
  tokens: { jwksUrls: string[]; issuer: string } | undefined;
  /** Mutual TLS towards the services; undefined for calls in plain text. */
  tls: Tls | undefined;
  /** The largest accepted body. */
  bodyMaxBytes: number;
  /** How long a body may take to arrive. */
  bodyTimeoutMs: number;
  connectionsMax: number;
  /** The most concurrent requests; streams, and requests that wait for an operation, are counted separately. */
  requestsMax: number;
  /** The proxies whose X-Forwarded-For is trusted. */
  trustedProxies: BlockList;
  /** The URL under which clients reach the gateway; undefined if each request says it. */
  publicUrl: string | undefined;
  /** The origins whose pages may read answers. */
  corsOrigins: CorsOrigins;
  /** How large the answers that are kept may be together. */
  keptAnswersBytes: number;
  /** How large the lists that are kept in temporary files may be together. */
  spooledBytes: number;
  /** How many requests callers may send in a minute. */
  quotas: Quotas;
  /** The scale of these, in percent; 0 for none of them. */
  rateLimitPercent: number;
  /** How long a stopping gateway still serves, so that load balancers notice. */
  drainMs: number;
}

const address = z.string().regex(/^\S+:[0-9]{1,5}$/, "must be host:port");

const quota = z
  .string()
  .transform((text) =>
    /^reads=([1-9][0-9]{0,8}),writes=([1-9][0-9]{0,8}),exports=([1-9][0-9]{0,8})$/.exec(text),
  )
  .refine(
    (found) => found !== null,
    "must be numbers of requests a minute: reads=60000,writes=12000,exports=1200",
  )
  .transform((found): Quota => {
    const [reads = 0, writes = 0, exports = 0] = (found ?? []).slice(1).map(Number);
    return { reads, writes, exports };
  });

const environment = z.object({
  ...tlsVariables,
  /** The address to listen on. */
  HTTP_HOST: z.string().default("0.0.0.0"),
  /** 0 for any free port. */
  HTTP_PORT: port.default(8_080),
  /** The largest accepted body of a request; RPCs may set lower limits. */
  BODY_MAX_BYTES: wholeNumber(1_024, 64 * 1024 * 1024).default(8 * 1024 * 1024),
  /** How long a body may take to arrive. */
  BODY_TIMEOUT_MILLISECONDS: milliseconds.default(15_000),
  /** The most open connections. */
  CONNECTIONS_MAX: wholeNumber(1, 100_000).default(10_000),
  /** The most concurrent requests; streams, and requests that wait for an operation, are counted separately. */
  REQUESTS_MAX: wholeNumber(1, 100_000).default(4_096),
  /**
   * The proxies in front of the gateway, whose X-Forwarded-For is trusted: limits by address apply to the clients
   * that it names.
   */
  TRUSTED_PROXIES: trustedProxies,
  /**
   * The URL under which clients reach the gateway, such as https://map.example.org, for links that must be absolute. Without
   * it, links have the host of the request, or what a trusted proxy says in X-Forwarded-Proto and X-Forwarded-Host.
   */
  PUBLIC_URL: url
    .transform((it) => it.replace(/\/$/, ""))
    .refine(
      (it) => URL.parse(it)?.origin === it,
      "must be a URL without a path, such as https://map.example.org",
    )
    .optional(),
  /** The size of all lists that are kept in memory, to be sent again while nothing has changed; 0 to keep none. */
  KEPT_ANSWERS_BYTES: wholeNumber(0, 999_999_999).default(KEPT_ANSWERS_BYTES),
  /**
   * How many requests one person, one client of a person, and one address where nobody is signed in, may send to this gateway in
   * a minute: "reads=60000,writes=12000,exports=1200".
   */
  RATE_LIMIT_PERSON: quota.default(QUOTAS.person),
  RATE_LIMIT_CLIENT: quota.default(QUOTAS.client),
  RATE_LIMIT_ADDRESS: quota.default(QUOTAS.address),
  /** The scale of these limits, in percent; 0 for no limits. */
  RATE_LIMIT_PERCENT: wholeNumber(0, 100_000).default(100),
  /**
   * The size of all lists that are kept in temporary files (TMPDIR), so that clients can ask for parts of them; 0 to answer
   * always with the whole of what is too large for memory.
   */
  SPOOLED_BYTES: z
    .string()
    .regex(/^[0-9]{1,13}$/, "must be a whole number")
    .transform(Number)
    .default(SPOOLED_BYTES),
  /** The origins whose pages may read answers, separated by commas; "*" for all. */
  CORS_ORIGINS: corsOrigins,
  /** How long a stopping gateway still serves, so that load balancers notice. */
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** Where the auth service publishes its keys: one URL, or several URLs of the same keys separated by commas. */
  JWKS_URL: keyUrls.optional(),
  /** The issuer of access tokens, their claim `iss`. */
  TOKEN_ISSUER: z.string().min(1).optional(),
  /** The HTTP address of the auth service, for the OAuth endpoints; without it the gateway does not offer them. */
  AUTH_HTTP_URL: url
    .refine((it) => it.startsWith("http://") && new URL(it).pathname === "/", "must be http://host:port")
    .optional(),
  /** The address of the console, host:port, for pages; without it the gateway has none. */
  CONSOLE_ADDRESS: z
    .string()
    .regex(/^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}$/i, "must be host:port")
    .refine((it) => URL.canParse(`http://${it}`), "must be host:port")
    .optional(),
});

const addresses = z.object(Object.fromEntries(SERVICES.map((it) => [addressVariable(it), address])));

/** Reads the environment. Throws a ConfigFault that lists all its faults. */
export function readConfig(env: Record<string, string | undefined> = process.env): GatewayConfig {
  const read = readEnvironment(environment.extend(addresses.shape), env) as z.output<typeof environment> &
    Record<string, string>;
  return {
    host: read.HTTP_HOST,
    httpPort: read.HTTP_PORT,
    addresses: Object.fromEntries(SERVICES.map((it) => [shortName(it), read[addressVariable(it)] as string])),
    authHttpUrl: read.AUTH_HTTP_URL,
    consoleAddress: read.CONSOLE_ADDRESS,
    tokens:
      read.JWKS_URL === undefined || read.TOKEN_ISSUER === undefined
        ? undefined
        : { jwksUrls: read.JWKS_URL, issuer: read.TOKEN_ISSUER },
    tls: tlsOf(read),
    bodyMaxBytes: read.BODY_MAX_BYTES,
    bodyTimeoutMs: read.BODY_TIMEOUT_MILLISECONDS,
    connectionsMax: read.CONNECTIONS_MAX,
    requestsMax: read.REQUESTS_MAX,
    trustedProxies: read.TRUSTED_PROXIES,
    publicUrl: read.PUBLIC_URL,
    corsOrigins: read.CORS_ORIGINS,
    keptAnswersBytes: read.KEPT_ANSWERS_BYTES,
    spooledBytes: read.SPOOLED_BYTES,
    quotas: {
      person: read.RATE_LIMIT_PERSON,
      client: read.RATE_LIMIT_CLIENT,
      address: read.RATE_LIMIT_ADDRESS,
    },
    rateLimitPercent: read.RATE_LIMIT_PERCENT,
    drainMs: read.DRAIN_MILLISECONDS,
  };
}

/** The short name of a service in the configuration: "auth" for tessera.auth.v1. */
export function shortName({ file }: DescService): string {
  return file.proto.package.split(".").at(-2) ?? file.proto.package;
}

/** The variable with a service's address, such as AUTH_ADDRESS; each service of the contracts has one. */
function addressVariable(service: DescService): string {
  return `${shortName(service).toUpperCase()}_ADDRESS`;
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .refine(
      (text) => /^[0-9]{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number);
}
