import type { Log } from "@tessera/runtime/log.ts";
import type { ProvidedPerson } from "../administrators-setting.ts";
import type { Deps } from "../deps.ts";
import type { Limits } from "../limits/limits.ts";
import type { BrowserCookie } from "../oauth-http/browser-cookie.ts";
import type { Queues } from "../oauth-http/queues.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { Client } from "./client.ts";

/** What the endpoints of OAuth work with. */
export interface SignInDeps {
  deps: Deps;
  log: Log;
  limits: Limits;
  queues: Queues;
  clients: ReadonlyMap<string, Client>;
  /** Undefined where there is none. */
  upstream: Upstream | undefined;
  /** People who become administrators when they sign in. */
  administrators: readonly ProvidedPerson[];
  cookie: BrowserCookie;
  /** Where people reach these endpoints, without a slash at the end; undefined where nobody does. */
  publicUrl: string | undefined;
}
