import { freePort, isFree } from "@tessera/embedded-postgres/free-port.ts";
import type { Ports } from "./system.ts";

/** Where `npm start` listens. */
export const DEFAULT_PORTS: Ports = {
  gateway: 8080,
  auth: 50051,
  project: 50052,
  task: 50053,
  keys: 8081,
  console: 8082,
};

const PORT_MAX = 65_535;

/** The ports from `first` on. Throws an Error with a sentence for people. */
export function portsFrom(first: string): Ports {
  const gateway = Number(first);
  const last = gateway + 5;
  if (!/^\d{1,5}$/.test(first) || gateway < 1 || last > PORT_MAX)
    throw new Error(
      `--port takes a number from 1 to ${PORT_MAX - 5}: everything listens on it and the ports after it`,
    );
  const [auth, project, task] = [gateway + 1, gateway + 2, gateway + 3];
  return { gateway, auth, project, task, keys: gateway + 4, console: last };
}

/** Ports that nobody listens on, for a system that runs beside others. */
export async function freePorts(): Promise<Ports> {
  const names = Object.keys(DEFAULT_PORTS);
  const free = await Promise.all(names.map(freePort));
  return Object.fromEntries(names.map((name, at) => [name, free[at]])) as Ports;
}

/** The ports of `wanted` that somebody listens on already. */
export async function takenPorts(wanted: Ports): Promise<number[]> {
  const ports = Object.values(wanted);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
}
