import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { arrivals } from "../admission/arrivals.ts";
import { countedByGrpcJs } from "../admission/grpc-js-arrivals.ts";
import { grpcService } from "../calls/grpc-service.ts";
import { takeCalls } from "../calls/http2-calls.ts";
import { rpcsOf } from "../calls/rpc.ts";
import { CONNECTIONS } from "../serve.ts";
import { Echo, echo, type Noted } from "./echo.ts";

/** How a server takes its calls: as `serve` does, or by grpc-js alone. */
export type Way = "straight from HTTP/2" | "by grpc-js alone";

/** A server of `Echo`. */
export interface Peer {
  /** "host:port" */
  address: string;
  noted: Noted;
  /** Finishes what runs. */
  drain(): Promise<void>;
  stop(): void;
}

export async function startPeer(way: Way, changes: ServerOptions = {}): Promise<Peer> {
  const noted: Noted = { aborted: 0, sentBytes: 0, leftMs: [] };
  const arriving = arrivals();
  const server = new Server({ ...CONNECTIONS, ...changes, interceptors: [countedByGrpcJs(arriving)] });
  const rpcs = rpcsOf(Echo, echo(noted), []);
  const { definition, implementation } = grpcService(rpcs);
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  if (way === "straight from HTTP/2") takeCalls(server, rpcs, arriving);
  return {
    address: `127.0.0.1:${port}`,
    noted,
    drain: () =>
      new Promise((resolve, reject) =>
        server.tryShutdown((error) => (error === undefined ? resolve() : reject(error))),
      ),
    stop: () => {
      server.forceShutdown();
      arriving.stop();
    },
  };
}
