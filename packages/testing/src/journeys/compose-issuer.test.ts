import { readFileSync } from "node:fs";
import * as client from "openid-client";
import { expect, test } from "vitest";
import { testSystem } from "../system.ts";

const compose = readFileSync(new URL("../../../../docker-compose.yml", import.meta.url), "utf8");

/** The values of a variable of docker-compose.yml, as they are where nothing else is set. */
function valuesOf(name: string): string[] {
  const lines = [...compose.matchAll(new RegExp(`^ *${name}: (.+)$`, "gm"))];
  return lines.map(([, value]) => (value as string).replace(/\$\{[A-Z_]+:-([^}]*)\}/g, "$1"));
}

test("a client that knows the URL of docker-compose.yml's gateway discovers the endpoints there", async () => {
  const [, address, port] = compose.match(/ports: \["([\d.]+):(\d+):8080"\]/) ?? [];
  const url = `http://${address}:${port}`;
  const [issuer, ...others] = valuesOf("TOKEN_ISSUER");
  // One value for all services: they verify what auth says.
  expect(others).toEqual([]);
  const [publicUrl] = valuesOf("PUBLIC_URL");
  const set = { TOKEN_ISSUER: issuer as string, ...(publicUrl && { PUBLIC_URL: publicUrl }) };
  const system = await testSystem(set);
  const config = await client.discovery(new URL(url), "anybody", undefined, client.None(), {
    algorithm: "oauth2",
    execute: [client.allowInsecureRequests],
    // The gateway of this test listens elsewhere.
    [client.customFetch]: (asked, options) => fetch(asked.replace(url, system.url), options as RequestInit),
  });
  const metadata = config.serverMetadata();
  expect(metadata.issuer).toBe(url);
  expect(metadata.token_endpoint).toBe(`${url}/oauth2/token`);
  await system.stop();
});
