import { type ChannelCredentials, Client, credentials } from "@grpc/grpc-js";
import { z } from "zod";
import { asTheyAre } from "./codec.ts";
import { tlsOf, tlsVariables } from "./tls.ts";

const ASK_MS = 1_000;
/** A HealthCheckResponse that says SERVING. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Asks a gRPC server whether it serves, by grpc.health.v1. */
export function isServing(
  address: string,
  channel: ChannelCredentials = credentials.createInsecure(),
): Promise<boolean> {
  const client = new Client(address, channel);
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + ASK_MS };
    const path = "/grpc.health.v1.Health/Check";
    client.makeUnaryRequest(path, asTheyAre, asTheyAre, Buffer.alloc(0), options, (error, reply) => {
      client.close();
      resolve(error === null && reply !== undefined && SERVING.equals(reply));
    });
  });
}

// As a command, for the health checks of containers: `node packages/rpc/src/health-check.ts 127.0.0.1:50053`.
if (import.meta.main) {
  const tls = tlsOf(z.object(tlsVariables).parse(process.env));
  process.exit((await isServing(process.argv[2] ?? "", tls?.channel)) ? 0 : 1);
}
