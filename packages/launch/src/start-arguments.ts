import { parseArgs } from "node:util";
import { databaseAddress } from "@tessera/postgres/database-address.ts";
import { DEFAULT_PORTS, portsFrom } from "./ports.ts";
import type { Ports } from "./system.ts";

/** What `npm start` was asked for. */
export interface StartArguments {
  ports: Ports;
  /** Where data and logs go. */
  folder: string;
  /** A PostgreSQL of one's own; the embedded one without it. */
  postgresUrl: string | undefined;
  /** Whether to print where everything is as one line of JSON, and nothing else. */
  isJson: boolean;
  /** Whether to print the usage, and start nothing. */
  help: boolean;
}

export const START_USAGE = `
npm start -- [--port N] [--data DIR] [--postgres URL] [--json] [--help]

  --port N         listen on N and the ports after it: gateway N, auth N+1, project N+2, task N+3, keys N+4
                   (TESSERA_PORT; 8080 for the gateway, 50051 to 50053 for gRPC, and 8081 for keys without it)
  --data DIR       keep data and logs in DIR (TESSERA_DATA; "data" without it)
  --postgres URL   use this PostgreSQL, whose role may make databases: auth, project and task, or NAME_auth and so on
                   where the URL ends in /NAME, which need not exist (TESSERA_POSTGRES; an embedded PostgreSQL without it)
  --json           print where everything is as one line of JSON (TESSERA_JSON=true)

What stands in brackets is the same as an environment variable, or what holds without both.
`;

/** Reads what stands on the command line, then in the environment. Throws an Error with a sentence for people. */
export function startArguments(args: string[], env: NodeJS.ProcessEnv): StartArguments {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string" },
      data: { type: "string" },
      postgres: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const port = values.port ?? (env.TESSERA_PORT || undefined);
  const postgresUrl = values.postgres ?? (env.TESSERA_POSTGRES || undefined);
  if (postgresUrl !== undefined) check(postgresUrl);
  return {
    ports: port === undefined ? DEFAULT_PORTS : portsFrom(port),
    folder: values.data ?? (env.TESSERA_DATA || "data"),
    postgresUrl,
    isJson: values.json ?? env.TESSERA_JSON === "true",
    help: values.help ?? false,
  };
}

function check(url: string): void {
  try {
    databaseAddress(url);
  } catch (error) {
    throw new Error(`--postgres ${(error as Error).message}`);
  }
}
