import type { BlockList } from "node:net";
import type { DescService } from "@bufbuild/protobuf";
import { SERVICES } from "@tessera/contracts/catalogue.ts";
import { keyUrls } from "@tessera/identity/key-set.ts";
import { trustedProxies } from "@tessera/rpc/admission/client-address.ts";
import { type Tls, tlsOf, tlsVariables } from "@tessera/rpc/tls.ts";
import { milliseconds, port, readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { type CorsOrigins, corsOrigins } from "./browsers/cross-origin.ts";

/** How the gateway is set up. */
export interface GatewayConfig {
  host: string;
  /** 0 for any free port. */
  httpPort: number;
  /** Where each service is, "host:port", by its short name: "auth". */
  addresses: Readonly<Record<string, string>>;
  /** Where the protocol endpoints of sign-in are; undefined where they are not offered here. */
  authHttpUrl: string | undefined;
  /** How access tokens are verified before a body is read; undefined where only services verify them. */
  tokens: { jwksUrls: string[]; issuer: string } | undefined;
  /** Mutual TLS towards the services; undefined where calls travel in clear. */
  tls: Tls | undefined;
  /** The largest body that is taken. */
  bodyMaxBytes: number;
  /** How long a body may take to arrive. */
  bodyTimeoutMs: number;
  connectionsMax: number;
  /** Requests that may be under way; streams, and those that wait for an operation, are counted apart. */
  requestsMax: number;
  /** The proxies whose word about a client's address is taken. */
  trustedProxies: BlockList;
  /** The origins whose pages may read answers. */
  corsOrigins: CorsOrigins;
  /** How long a stopping gateway goes on serving, so that balancers notice. */
  drainMs: number;
}

const address = z.string().regex(/^\S+:[0-9]{1,5}$/, "must be host:port");

const environment = z.object({
  ...tlsVariables,
  HTTP_HOST: z.string().default("0.0.0.0"),
  HTTP_PORT: port.default(8_080),
  BODY_MAX_BYTES: wholeNumber(1_024, 64 * 1024 * 1024).default(8 * 1024 * 1024),
  BODY_TIMEOUT_MILLISECONDS: milliseconds.default(15_000),
  CONNECTIONS_MAX: wholeNumber(1, 100_000).default(10_000),
  REQUESTS_MAX: wholeNumber(1, 100_000).default(4_096),
  /** The proxies in front of the gateway: limits by address are kept by the clients that they name. */
  TRUSTED_PROXIES: trustedProxies,
  CORS_ORIGINS: corsOrigins,
  DRAIN_MILLISECONDS: milliseconds.default(5_000),
  /** Where the auth service publishes its keys: a URL, or several of the same keys by commas, of which any will do. */
  JWKS_URL: keyUrls.optional(),
  /** What access tokens say in `iss`. */
  TOKEN_ISSUER: z.string().min(1).optional(),
  AUTH_HTTP_URL: url
    .refine((it) => it.startsWith("http://") && new URL(it).pathname === "/", "must be http://host:port")
    .optional(),
});

const addresses = z.object(Object.fromEntries(SERVICES.map((it) => [addressVariable(it), address])));

/** Reads the environment. Throws a ConfigFault that names everything that is wrong with it. */
export function readConfig(env: Record<string, string | undefined> = process.env): GatewayConfig {
  const read = readEnvironment(environment.extend(addresses.shape), env) as z.output<typeof environment> &
    Record<string, string>;
  return {
    host: read.HTTP_HOST,
    httpPort: read.HTTP_PORT,
    addresses: Object.fromEntries(SERVICES.map((it) => [shortName(it), read[addressVariable(it)] as string])),
    authHttpUrl: read.AUTH_HTTP_URL,
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
    corsOrigins: read.CORS_ORIGINS,
    drainMs: read.DRAIN_MILLISECONDS,
  };
}

/** What a service is called in the setup: the word of its package that is its own, "auth" of tessera.auth.v1. */
export function shortName({ file }: DescService): string {
  return file.proto.package.split(".").at(-2) ?? file.proto.package;
}

/** AUTH_ADDRESS, and so on: a service that joins the contracts brings its variable along. */
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
