import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections: none of these takes a port before its server starts. */
const PORT_LEAST = 20_000;
const PORT_END = 32_000;
const DRAWS_MAX = 100;

/** Draws a port of this machine on which nobody listens, for a server that is about to start. */
export async function freePort(): Promise<number> {
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const port = randomInt(PORT_LEAST, PORT_END);
    if (await isFree(port)) return port;
  }
  throw new Error(`${DRAWS_MAX} ports from ${PORT_LEAST} to ${PORT_END - 1} were tried: all have a server.`);
}

/** Whether nobody listens on a port of this machine. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
