import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { repeat } from "@tessera/runtime/repeat.ts";
import { type GatewayDeps, gatewayListener } from "./gateway.ts";
import { httpServer, type ServerLimits } from "./http-server.ts";

/** What serving needs beyond what answering does. */
export interface ServeOptions extends Omit<GatewayDeps, "draining" | "limits"> {
  host: string;
  /** 0 for any free port. */
  port: number;
  limits: GatewayDeps["limits"] & ServerLimits;
  /**
   * How long a stopping gateway still serves after it reported that it is not ready, so that load balancers notice.
   */
  drainMs: number;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** "http://host:port" */
  url: string;
  /** Takes no more requests and finishes those that run; resumable streams end at once. */
  stop(): Promise<void>;
}

/** How long running requests may take when the gateway stops. */
const STOP_MAX_MS = 10_000;
/** How often connections that became idle are closed while the gateway stops. */
const IDLE_LOOK_MS = 50;

/** Serves the gateway over HTTP. */
export async function serveGateway(options: ServeOptions): Promise<RunningGateway> {
  const { host, port, limits, drainMs } = options;
  const draining = new AbortController();
  const server = httpServer(gatewayListener({ ...options, draining: draining.signal }), limits);
  server.listen(port, host);
  await once(server, "listening");
  const { address, family, port: taken } = server.address() as AddressInfo;
  const stop = async () => {
    draining.abort();
    await sleep(drainMs);
    const closed = once(server, "close");
    server.close();
    const idle = repeat({ everyMs: IDLE_LOOK_MS, work: () => server.closeIdleConnections() });
    const hard = setTimeout(() => server.closeAllConnections(), STOP_MAX_MS);
    await closed;
    await idle.stop();
    clearTimeout(hard);
  };
  let stopping: Promise<void> | undefined;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
