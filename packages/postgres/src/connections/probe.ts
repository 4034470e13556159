import { connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Host } from "../database-address.ts";
import { TLS_QUESTION } from "./database-socket.ts";

/** Whether any of these servers answers within `limitMs`. A machine that takes TCP and is silent does not. */
export async function answers(hosts: readonly Host[], limitMs: number): Promise<boolean> {
  return (await Promise.all(hosts.map((host) => ask(host, limitMs)))).some(Boolean);
}

function ask(host: Host, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(host);
    const finish = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // A process that was paused finds its timers due before it has read what came in meanwhile.
    const timer = setTimeout(() => void nextTurn().then(() => finish(false)), limitMs);
    socket.on("data", () => finish(true));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    socket.write(TLS_QUESTION);
  });
}
