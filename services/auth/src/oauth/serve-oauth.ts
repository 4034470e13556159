import type { Log } from "@tessera/runtime/log.ts";
import type { AuthConfig } from "../config.ts";
import type { Deps } from "../deps.ts";
import { browserCookie } from "../oauth-http/browser-cookie.ts";
import { type RunningHttp, serveHttp } from "../oauth-http/http-server.ts";
import { queuesOf } from "../oauth-http/queues.ts";
import { publicUrlIn } from "../public-url.ts";
import { serverKey } from "../server-key.ts";
import { upstream } from "../upstream/upstream.ts";
import { upstreamSettings } from "../upstream/upstream-config.ts";
import { endpoints } from "./endpoints.ts";
import { clientsOf } from "./oauth-config.ts";

/** Serves the HTTP port: the keys, and the endpoints of OAuth where the deployment says by which URL people reach them. */
export function serveOAuth(options: { config: AuthConfig; deps: Deps; log: Log }): Promise<RunningHttp> {
  const { config, deps, log } = options;
  const publicUrl = publicUrlIn(config);
  const provider = upstreamSettings(config);
  if (provider !== undefined && publicUrl === undefined)
    log.warn(
      "UPSTREAM_CLIENT_ID is set, but nobody can sign in: neither PUBLIC_URL nor TOKEN_ISSUER is a URL",
    );
  if (publicUrl !== undefined && publicUrl !== config.TOKEN_ISSUER.replace(/\/+$/, ""))
    log.warn(
      "TOKEN_ISSUER differs from PUBLIC_URL: clients discover nothing unless the issuer's URL leads here too (RFC 8414, 3.3)",
    );
  const strangers = config.ADMINISTRATORS.filter((it) => it.provider !== provider?.provider);
  if (strangers.length > 0)
    log.warn(
      { providers: strangers.map((it) => it.provider) },
      "ADMINISTRATORS names people of another provider",
    );
  const answer = endpoints({
    deps,
    log,
    limits: deps.limits,
    queues: queuesOf(config.POOL_SIZE),
    clients: clientsOf(config),
    upstream:
      provider && publicUrl !== undefined
        ? upstream(
            provider,
            `${publicUrl}/oauth2/callback`,
            serverKey(config.KEY_ENCRYPTION_SECRET, "sign-in"),
          )
        : undefined,
    administrators: config.ADMINISTRATORS,
    cookie: browserCookie(publicUrl?.startsWith("https:") ?? true),
    publicUrl,
  });
  return serveHttp({
    answer,
    trustedProxies: config.TRUSTED_PROXIES,
    log,
    host: config.GRPC_HOST,
    port: config.KEYS_PORT,
  });
}
