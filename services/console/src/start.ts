import type { DescService } from "@bufbuild/protobuf";
import { connect } from "@tessera/rpc/connect.ts";
import { tlsOf } from "@tessera/rpc/tls.ts";
import type { Log } from "@tessera/runtime/log.ts";
import { loadAssets } from "./assets/assets.ts";
import type { ConsoleConfig } from "./config.ts";
import type { Deps } from "./deps.ts";
import { compressed } from "./frame/compressed.ts";
import { consoleApp } from "./frame/console-app.ts";
import { type RunningConsole, serveConsole } from "./serve-console.ts";
import { ROOMS } from "./services.ts";
import { sealedBy } from "./session/sealed.ts";
import { signInWays } from "./session/sign-in-ways.ts";

/** Starts the console. It waits for no service: while one is away, its pages say so. */
export async function startConsole(config: ConsoleConfig, log: Log): Promise<RunningConsole> {
  await using begun = new AsyncDisposableStack();
  const tls = tlsOf(config);
  const addresses: Record<string, string> = {
    auth: config.AUTH_ADDRESS,
    project: config.PROJECT_ADDRESS,
    task: config.TASK_ADDRESS,
  };
  const connections = new Map(
    Object.entries(addresses).map(([name, address]) => {
      const connection = connect(address, { tls });
      begun.defer(() => connection.close());
      return [name, connection] as const;
    }),
  );
  const { BASE_MAP_URL: url, BASE_MAP_ATTRIBUTION: attribution = "" } = config;
  const deps: Deps = {
    transportFor(service: DescService) {
      const connection = connections.get(service.typeName.split(".")[1] as string);
      if (connection === undefined) throw new Error(`${service.typeName} has no connection`);
      return connection;
    },
    assets: loadAssets(),
    sealed: sealedBy(config.COOKIE_SECRET, config.COOKIE_SECRET_BEFORE),
    signIn: signInWays(config),
    publicUrl: config.PUBLIC_URL,
    baseMap: url === undefined ? undefined : { url, attribution },
    fileMaxBytes: config.FORM_FILE_MAX_BYTES,
    pseudoLanguages: config.PSEUDO_LANGUAGES,
    log,
  };
  const app = consoleApp(deps, ROOMS);
  const serving = await serveConsole({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    drainMs: config.DRAIN_MILLISECONDS,
    answer: async (request) => compressed(request, await app.fetch(request)),
  });
  begun.defer(() => serving.stop());
  const running = begun.move();
  return { address: serving.address, stop: () => running.disposeAsync() };
}
