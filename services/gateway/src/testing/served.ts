import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of the test's own, in the place of one behind the gateway. */
export interface Served {
  /** "127.0.0.1:port" */
  address: string;
  stop(): void;
}

/** Serves what `listener` answers. */
export async function served(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
