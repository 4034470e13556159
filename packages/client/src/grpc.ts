import type { Transport } from "@connectrpc/connect";
import { createGrpcTransport, type GrpcTransportOptions } from "@connectrpc/connect-node";

/** The addresses of the services, such as "http://task:50051" or, with TLS, "https://task:50051". */
export interface ServiceAddresses {
  auth: string;
  project: string;
  task: string;
}

/** gRPC straight to the services, without a gateway; for Node. The options are those of connect-node, such as for TLS. */
export function grpcTransport(
  addresses: ServiceAddresses,
  options: Omit<GrpcTransportOptions, "baseUrl"> = {},
): Transport {
  const transports = new Map(
    Object.entries(addresses).map(([name, baseUrl]) => [name, createGrpcTransport({ ...options, baseUrl })]),
  );
  /** "tessera.task.v1.LockService" is served at the address of task. */
  const transportOf = (typeName: string): Transport => {
    const transport = transports.get(typeName.split(".")[1] ?? "");
    if (transport === undefined) throw new Error(`No address is known for ${typeName}.`);
    return transport;
  };
  return {
    unary: async (method, ...call) => transportOf(method.parent.typeName).unary(method, ...call),
    stream: async (method, ...call) => transportOf(method.parent.typeName).stream(method, ...call),
  };
}
