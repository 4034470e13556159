import { connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Address } from "./driver.ts";

/** "Do you speak TLS?": the cheapest question that PostgreSQL answers, before any login. */
const QUESTION = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Whether any of the servers at this address answers within `limitMs`. A machine that takes TCP and is silent does not. */
export async function answers(address: Address, limitMs: number): Promise<boolean> {
  const asked = address.host.map((host, index) =>
    ask(address.path ? { path: address.path } : { host, port: address.port[index] as number }, limitMs),
  );
  return (await Promise.all(asked)).some(Boolean);
}

function ask(target: { path: string } | { host: string; port: number }, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    const tell = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // A process that was paused finds its timers due before it has read what came in meanwhile.
    const timer = setTimeout(() => void nextTurn().then(() => tell(false)), limitMs);
    socket.on("data", () => tell(true));
    socket.on("error", () => tell(false));
    socket.on("close", () => tell(false));
    socket.write(QUESTION);
  });
}
