// `npm start`: the whole system on this machine, until Ctrl-C.
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_PORTS, takenPorts } from "./ports.ts";
import { PROCESSES, type System, startSystem } from "./system.ts";

const WATCH_MS = 1_000;
/** A process that ends again and again is left alone after so many starts of all processes together. */
const RESTARTS_MAX = 20;
const FOLDER = process.env.TESSERA_DATA ?? "data";

const taken = await takenPorts(DEFAULT_PORTS);
if (taken.length > 0) {
  console.error(`Something listens on port ${taken.join(", ")} already; is Tessera running?`);
  process.exit(1);
}

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) process.exit(1);
  stopping = true;
  console.log("\nStopping …");
  await starting.then((system) => system.stop());
  process.exit(0);
};
const starting = startSystem(FOLDER, DEFAULT_PORTS);
process.on("SIGINT", stop).on("SIGTERM", stop);

const system = await starting.catch((error: Error) => {
  console.error(error.message);
  return process.exit(1);
});
const { url, addresses } = system;
void restartWhatEnds(system);
console.log(`
Tessera is running. Data and logs are in ${FOLDER}/. Stop it with Ctrl-C; nothing is lost.

  REST      ${url}/v1/projects
  gRPC      auth ${addresses.auth} · project ${addresses.project} · task ${addresses.task}  (reflection is on)
  sign in   curl -s ${url}/v1/sessions -H 'content-type: application/json' -d '{"name":"mapper-101"}'
  the job   npm run demo     (in another terminal; draws demo/map.svg)
  explore   npx buf curl --protocol grpc --http2-prior-knowledge http://${addresses.task} --list-methods
`);

/** Does what an orchestrator does elsewhere: a process that ended is started again. */
async function restartWhatEnds(system: System): Promise<void> {
  for (let restarts = 0; restarts < RESTARTS_MAX && !stopping; await sleep(WATCH_MS)) {
    const ended = PROCESSES.find((name) => !isAlive(system.pid(name)));
    if (ended === undefined || stopping) continue;
    restarts += 1;
    console.log(`${ended} ended; starting it again. Its log is ${FOLDER}/${ended}.log`);
    await system.start(ended).catch((error: Error) => console.error(error.message));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
