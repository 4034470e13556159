import {
  accessToken,
  type Credentials,
  createClient,
  personalAccessToken,
  session,
  type TesseraClient,
} from "@tessera/client/index.ts";
import type { Command } from "commander";
import { Failure, ProblemFailure, UsageFailure } from "./failure.ts";
import { readSaved, saveTokens } from "./saved-sessions.ts";

const DEFAULT_SERVER = "http://127.0.0.1:8080";
/** A person waits: a server that is not there is said after some seconds. */
const RETRIES_MAX = 5;

/** What every command works with. */
export interface Tool {
  /** The URL of the gateway, with no slash at its end. */
  server: string;
  client: TesseraClient;
  /** Whether to write JSON. */
  json: boolean;
  /** Aborts at Ctrl-C. */
  signal: AbortSignal;
  /**
   * Sends a request to the gateway, for what is a file: `path` begins below the server. Throws a ProblemFailure unless the
   * answer is a success.
   */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** The options that all commands have. */
interface Options {
  server?: string;
  key?: string;
  json: boolean;
}

/** Reads the options that all commands have, and what was saved at the sign-in. */
export function toolOf(command: Command): Tool {
  const { server: given, key, json } = command.optsWithGlobals<Options>();
  const server = serverOf(given);
  const signal = interrupted();
  const credentials = credentialsOf(server, key);
  const client = createClient({ baseUrl: server, credentials, retriesMax: RETRIES_MAX });
  return {
    server,
    client,
    json,
    signal,
    request: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      const token = await credentials?.token(client.transport);
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      const response = await fetch(server + path, { ...init, headers, signal });
      if (!response.ok) throw await problemIn(response);
      if (response.headers.get("content-type")?.startsWith("text/html"))
        throw new Failure(`${server} answered with a page: it is not the gateway of Tessera`);
      return response;
    },
  };
}

let interrupt: AbortController | undefined;

/** Aborts at Ctrl-C. */
function interrupted(): AbortSignal {
  if (interrupt === undefined) {
    const controller = new AbortController();
    process.once("SIGINT", () => controller.abort());
    interrupt = controller;
  }
  return interrupt.signal;
}

/** The server that is named, or that of the last sign-in. */
export function serverOf(given: string | undefined): string {
  const server = (given ?? readSaved().server ?? DEFAULT_SERVER).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? ""))
    throw new UsageFailure(`"${server}" is not the URL of a server, such as https://tessera.example.org`);
  return server;
}

function credentialsOf(server: string, key: string | undefined): Credentials | undefined {
  if (key !== undefined) return key.startsWith("tsra_") ? personalAccessToken(key) : accessToken(key);
  const tokens = readSaved().sessions[server];
  if (tokens === undefined) return undefined;
  return session(tokens, {
    load: () => readSaved().sessions[server],
    save: ({ expireTime, ...newest }) =>
      saveTokens(server, { ...newest, ...(typeof expireTime === "string" && { expireTime }) }),
  });
}

async function problemIn(response: Response): Promise<ProblemFailure> {
  const { status, headers } = response;
  const isProblem = headers.get("content-type")?.startsWith("application/problem+json");
  const document = isProblem ? await response.json().catch(() => undefined) : undefined;
  return new ProblemFailure(document ?? { status });
}
