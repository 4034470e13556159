import { url } from "@tessera/runtime/environment.ts";
import { Secret } from "@tessera/runtime/secret.ts";
import * as oauth from "oauth4webapi";
import { z } from "zod";
import { isLoopback } from "./upstream.ts";
import type { UserPaths } from "./user-document.ts";

/** The configuration of an identity provider. */
export interface UpstreamSettings {
  provider: string;
  clientId: string;
  /** How the client authenticates at the token endpoint. */
  clientAuth: () => oauth.ClientAuth;
  scope: string;
  /** For discovery; undefined if the endpoints are configured. */
  issuer: string | undefined;
  endpoints: oauth.AuthorizationServer;
  /** The URL of the user document; if undefined, discovery must find it. */
  userUrl: string | undefined;
  paths: UserPaths;
}

/** The permitted names of a provider. Other names belong to built-in providers. */
export const UPSTREAM_PROVIDER = /^(?!(development|service|deleted)$)[a-z][a-z0-9-]{0,31}$/;

const OSM = "https://www.openstreetmap.org";

const endpoint = url.refine(
  (it) => it.startsWith("https://") || isLoopback(it),
  "must be an https URL, or an http URL of this machine",
);
const path = z.string().regex(/^[\w-]{1,64}(\.[\w-]{1,64}){0,4}$/, "must be names joined by dots");

/** The variables of the identity provider. Without UPSTREAM_CLIENT_ID there is none. */
export const upstreamEnvironment = {
  UPSTREAM_CLIENT_ID: z.string().max(255).optional(),
  /** None for a public client. */
  UPSTREAM_CLIENT_SECRET: z
    .string()
    .max(512)
    .transform((text) => new Secret(text))
    .optional(),
  /** How the secret is sent to the token endpoint. */
  UPSTREAM_CLIENT_AUTH: z.enum(["post", "basic"]).default("post"),
  /** The name under which its users are stored; never change it once there are users. */
  UPSTREAM_PROVIDER: z
    .string()
    .regex(
      UPSTREAM_PROVIDER,
      'must be a short lower-case word other than "development", "service" and "deleted"',
    )
    .default("openstreetmap"),
  /** Of an OpenID Connect provider: its endpoints are discovered. */
  UPSTREAM_ISSUER: endpoint.optional(),
  UPSTREAM_AUTHORIZATION_URL: endpoint.default(`${OSM}/oauth2/authorize`),
  UPSTREAM_TOKEN_URL: endpoint.default(`${OSM}/oauth2/token`),
  UPSTREAM_USER_URL: endpoint.optional(),
  UPSTREAM_SCOPE: z
    .string()
    .regex(/^[!-~]+( [!-~]+)*$/)
    .max(255)
    .default("read_prefs"),
  /** The paths of the subject and the name in the user document. */
  UPSTREAM_SUBJECT_PATH: path.default("user.id"),
  UPSTREAM_NAME_PATH: path.default("user.display_name"),
};

type Environment = z.output<z.ZodObject<typeof upstreamEnvironment>>;

/** The identity provider that the environment names; undefined for none. */
export function upstreamSettings(config: Environment): UpstreamSettings | undefined {
  const { UPSTREAM_CLIENT_ID: clientId, UPSTREAM_CLIENT_SECRET: secret, UPSTREAM_ISSUER: issuer } = config;
  if (clientId === undefined) return undefined;
  const authorization = config.UPSTREAM_AUTHORIZATION_URL;
  return {
    provider: config.UPSTREAM_PROVIDER,
    clientId,
    clientAuth: () => {
      if (secret === undefined) return oauth.None();
      const prove = config.UPSTREAM_CLIENT_AUTH === "post" ? oauth.ClientSecretPost : oauth.ClientSecretBasic;
      return prove(secret.reveal());
    },
    scope: config.UPSTREAM_SCOPE,
    issuer,
    endpoints: {
      issuer: new URL(authorization).origin,
      authorization_endpoint: authorization,
      token_endpoint: config.UPSTREAM_TOKEN_URL,
    },
    userUrl:
      config.UPSTREAM_USER_URL ?? (issuer === undefined ? `${OSM}/api/0.6/user/details.json` : undefined),
    paths: { subject: config.UPSTREAM_SUBJECT_PATH.split("."), name: config.UPSTREAM_NAME_PATH.split(".") },
  };
}
