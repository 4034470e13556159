import type { BlockList } from "node:net";
import type { DescFile, DescService } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { type Repeating, repeat } from "@tessera/runtime/repeat.ts";
import { HealthImplementation } from "grpc-health-check";
import type { Logger } from "pino";
import type { Rooms } from "./admission/admission.ts";
import { type ArrivalLimits, arrivals } from "./admission/arrivals.ts";
import { countedByGrpcJs } from "./admission/grpc-js-arrivals.ts";
import type { VerifyToken } from "./caller.ts";
import { grpcService } from "./calls/grpc-service.ts";
import { takeCalls } from "./calls/http2-calls.ts";
import { rpcsOf } from "./calls/rpc.ts";
import { guard, type TranslateFailure } from "./guard.ts";
import { healthDescriptor } from "./health-descriptor.ts";
import { MESSAGE_MAX_BYTES } from "./server-call.ts";
import type { RevokedCallers } from "./stream-end.ts";
import type { Tls } from "./tls.ts";
import { warmUp } from "./validation/validation.ts";

/** How often readiness is looked at, in milliseconds. */
const READINESS_MS = 2_000;
/** An old connection takes no new calls; its streams continue until each reaches its own longest age. */
const STREAM_AGE_MAX_MS = 35 * 60_000;
/** A connection has this many calls under way at most; a client that has more of them opens another. */
const CONNECTION_STREAMS_MAX = 128;
/** How long running calls may take when the service stops. */
const STOP_MAX_MS = 10_000;

/** How connections are kept: their age, their pings, and how much one takes. */
export const CONNECTIONS: ServerOptions = {
  "grpc.max_receive_message_length": MESSAGE_MAX_BYTES,
  "grpc.max_concurrent_streams": CONNECTION_STREAMS_MAX,
  "grpc.enable_channelz": 0,
  "grpc.max_connection_age_ms": 10 * 60_000,
  "grpc.max_connection_age_grace_ms": STREAM_AGE_MAX_MS,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc-node.flow_control_window": 1024 * 1024,
};

/** A gRPC service and what implements it. */
export interface Served {
  desc: DescService;
  impl: ServiceImpl<DescService>;
}

/** Pairs a service with its implementation, whose types must fit. */
export function served<Desc extends DescService>(desc: Desc, impl: ServiceImpl<Desc>): Served {
  return { desc, impl: impl as ServiceImpl<DescService> };
}

export interface ServeOptions {
  /** All that listen on this port; of one package. */
  services: readonly Served[];
  verify: VerifyToken;
  /** Without it, calls are taken in clear. */
  tls?: Tls | undefined;
  log: Logger;
  translate: TranslateFailure;
  /** How many may be let in at once; ROOMS unless a test says otherwise. */
  rooms?: Rooms;
  /** The bounds of requests that have not arrived yet; those of arrivals.ts unless a test says otherwise. */
  arrivals?: Partial<ArrivalLimits>;
  /** The proxies whose word about a client's address is taken: none, without it. */
  trustedProxies?: BlockList;
  /** Ends the streams of callers whose tokens are revoked; nothing does, without it. */
  revocations?: RevokedCallers | undefined;
  /** Rejects while the service cannot do its work: it then reports NOT_SERVING. */
  ready: () => Promise<unknown>;
  host: string;
  /** 0 for any free port. */
  port: number;
  /** How long a stopping service still serves after it reported NOT_SERVING, so that load balancers notice. */
  drainMs: number;
  /** Ends long streams; called when the service stops. */
  endStreams?: () => void;
}

/** A service that listens. */
export interface Serving {
  /** "host:port" */
  address: string;
  stop(): Promise<void>;
}

/** Serves gRPC services with health and reflection beside them. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { services, log } = options;
  warmUp(services.flatMap(({ desc }) => desc.methods));
  const arriving = arrivals(options.arrivals);
  const server = new Server({ ...CONNECTIONS, interceptors: [countedByGrpcJs(arriving)] });
  const guards = [guard(options)];
  const rpcs = services.flatMap(({ desc, impl }) => rpcsOf(desc, impl, guards));
  const { definition, implementation } = grpcService(rpcs);
  server.addService(definition, implementation);
  const names = ["", ...services.map(({ desc }) => desc.typeName)];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, "NOT_SERVING"])));
  health.addToServer(server);
  new ReflectionService(packageOf(services) as never).addToServer(server);

  const port = await listen(server, options);
  takeCalls(server, rpcs, arriving);
  const watching = await watchReadiness(options, (status) => {
    for (const name of names) health.setStatus(name, status);
  });
  log.info({ services: services.map(({ desc }) => desc.typeName), port }, "listening");
  return {
    address: `${options.host}:${port}`,
    stop: async () => {
      await watching.stop();
      for (const name of names) health.setStatus(name, "NOT_SERVING");
      if (options.drainMs > 0) await new Promise((resolve) => setTimeout(resolve, options.drainMs));
      options.endStreams?.();
      await shutDown(server);
      arriving.stop();
    },
  };
}

function listen(
  server: Server,
  { host, port, tls }: Pick<ServeOptions, "host" | "port" | "tls">,
): Promise<number> {
  const credentials = tls?.server ?? ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
}

/** Checks whether this process can serve, once before it resolves. */
async function watchReadiness(
  { ready, log }: Pick<ServeOptions, "ready" | "log">,
  report: (status: "SERVING" | "NOT_SERVING") => void,
): Promise<Repeating> {
  let isReady: boolean | undefined;
  const look = async (signal?: AbortSignal): Promise<void> => {
    const failure: unknown = await ready().then(
      () => undefined,
      (error: unknown) => error ?? "not ready",
    );
    const now = failure === undefined;
    if (signal?.aborted || now === isReady) return;
    if (!now) log.warn({ cause: String(failure) }, "not ready to serve; checking again");
    else if (isReady === false) log.info("ready to serve again");
    isReady = now;
    report(now ? "SERVING" : "NOT_SERVING");
  };
  await look();
  return repeat({ everyMs: READINESS_MS, work: look, later: true });
}

/** Finishes what runs, and ends what does not finish. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, STOP_MAX_MS);
    server.tryShutdown(() => {
      clearTimeout(end);
      resolve();
    });
  });
}

/** What the reflection service wants to know: the descriptors of the services' files, of all that they import, and of health. */
function packageOf(services: readonly Served[]) {
  const files = new Map<string, Buffer>();
  const collect = (file: DescFile): void => {
    if (files.has(file.name)) return;
    files.set(file.name, Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
    for (const dependency of file.dependencies) collect(dependency);
  };
  for (const { desc } of services) collect(desc.file);
  const fileDescriptorProtos = [...files.values()];
  return {
    ...Object.fromEntries(services.map(({ desc }) => [desc.typeName, { fileDescriptorProtos }])),
    "grpc.health.v1.Health": { fileDescriptorProtos: healthDescriptor() },
  };
}
