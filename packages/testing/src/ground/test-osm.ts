import { hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What an imitation of OpenStreetMap does at an endpoint instead of what it should. */
export type Trouble = (request: IncomingMessage, response: ServerResponse) => void;

/** Imitates the endpoints of OpenStreetMap, with their quirks: no expires_in, no refresh token, HTML for errors. */
export interface TestOsm {
  url: string;
  clientId: string;
  clientSecret: string;
  /** The next person who signs in. */
  user: { id: unknown; display_name: unknown };
  /** Set by a test; each is done instead of the usual answer. */
  trouble: { token?: Trouble | undefined; details?: Trouble | undefined };
  /** Every path that was asked for. */
  asked: string[];
  /** Everything secret that it has handed out. */
  secrets: string[];
  stop(): Promise<void>;
}

export async function testOsm(): Promise<TestOsm> {
  const grants = new Map<string, { challenge: string; redirectUri: string }>();
  const tokens = new Set<string>();
  const server = createServer((request, response) => void answer(request, response));
  const osm: TestOsm = {
    url: "",
    clientId: "tessera-at-osm",
    clientSecret: randomBytes(24).toString("hex"),
    user: { id: 1, display_name: "somebody" },
    trouble: {},
    asked: [],
    secrets: [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", osm.url);
    osm.asked.push(url.pathname);
    if (url.pathname === "/oauth2/authorize") return authorize(url, response);
    const endpoints = {
      "/oauth2/token": osm.trouble.token ?? token,
      "/api/0.6/user/details.json": osm.trouble.details ?? details,
    };
    const act = endpoints[url.pathname as keyof typeof endpoints] ?? notFound;
    return act(request, response);
  };
  const authorize = ({ searchParams: asked }: URL, response: ServerResponse) => {
    if (!isWellFormed(asked, osm)) return html(response, 400);
    const code = fresh();
    const redirectUri = asked.get("redirect_uri") as string;
    grants.set(code, { challenge: asked.get("code_challenge") as string, redirectUri });
    const back = new URLSearchParams({ code, state: asked.get("state") as string });
    response.writeHead(302, { location: `${redirectUri}?${back}` }).end();
  };
  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await text(request));
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const known = form.get("client_id") === osm.clientId && form.get("client_secret") === osm.clientSecret;
    if (!known) return json(response, 401, { error: "invalid_client", error_description: "no" });
    const challenge = hash("sha256", form.get("code_verifier") ?? "", "base64url");
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get("redirect_uri"))
      return json(response, 400, { error: "invalid_grant", error_description: "no" });
    const access_token = fresh();
    tokens.add(access_token);
    json(response, 200, {
      access_token,
      token_type: "Bearer",
      scope: "read_prefs",
      created_at: 1_700_000_000,
    });
  };
  const details = (request: IncomingMessage, response: ServerResponse) => {
    const [, sent = ""] = (request.headers.authorization ?? "").split(" ");
    if (!tokens.has(sent)) return html(response, 401);
    json(response, 200, {
      version: "0.6",
      generator: "OpenStreetMap server",
      user: { ...osm.user, roles: [] },
    });
  };
  const fresh = () => {
    osm.secrets.push(randomBytes(24).toString("base64url"));
    return osm.secrets.at(-1) as string;
  };
  osm.url = await listening(server);
  return osm;
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404).end();
}

function isWellFormed(asked: URLSearchParams, { clientId }: TestOsm): boolean {
  const wanted = {
    client_id: clientId,
    response_type: "code",
    scope: "read_prefs",
    code_challenge_method: "S256",
  };
  return Object.entries(wanted).every(([name, value]) => asked.get(name) === value);
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify(value));
}

export function html(response: ServerResponse, status: number): void {
  const page = "<!DOCTYPE html><html><body><h1>Something is wrong</h1></body></html>";
  response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(page);
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
