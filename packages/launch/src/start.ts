// `npm start`: the whole system on this machine, until Ctrl-C. `npm start -- --port 9000 --data DIR --postgres URL --json`.
import { repeat } from "@tessera/runtime/repeat.ts";
import { takenPorts } from "./ports.ts";
import { START_USAGE, type StartArguments, startArguments } from "./start-arguments.ts";
import { PROCESSES, type System, startSystem } from "./system.ts";

const WATCH_MS = 1_000;
/** A process that ends repeatedly is not restarted after this many starts of all processes together. */
const RESTARTS_MAX = 20;

const asked = readArguments();
if (asked.help) {
  console.log(START_USAGE);
  process.exit();
}
const { folder, ports, postgresUrl, isJson } = asked;
/** What is said to people, who read JSON where that was asked for. */
const say = isJson ? console.error : console.log;

const taken = await takenPorts(ports);
if (taken.length > 0) {
  console.error(
    `Something listens on port ${taken.join(", ")} already; is Tessera running? Use --port N to start on others.`,
  );
  process.exit(1);
}

let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) process.exit(1);
  stopping = true;
  say("\nStopping …");
  await starting.then((system) => system.stop());
  process.exit(0);
};
const starting = startSystem(folder, ports, {}, postgresUrl);
process.on("SIGINT", stop).on("SIGTERM", stop);

const system = await starting.catch((error: Error) => {
  console.error(error.message);
  return process.exit(1);
});
restartWhatEnds(system);
console.log(isJson ? JSON.stringify(addressesOf(system)) : welcome(system));

function readArguments(): StartArguments {
  try {
    return startArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${(error as Error).message}\n${START_USAGE}`);
    return process.exit(2);
  }
}

/** Where everything is, for programs. */
function addressesOf({ url, addresses }: System) {
  return { url, ...addresses, keys: `http://127.0.0.1:${ports.keys}`, data: folder, pid: process.pid };
}

function welcome({ url, addresses }: System): string {
  const { auth, project, task } = addresses;
  return `
Tessera is running. Data and logs are in ${folder}/. Stop it with Ctrl-C; nothing is lost.

  look      ${url}/     (pages, in a browser; sign in as administrator or mapper-1)
  REST      ${url}/v1/projects
  gRPC      auth ${auth} · project ${project} · task ${task}  (reflection is on)
  sign in   curl -s ${url}/v1/sessions -H 'content-type: application/json' -d '{"name":"mapper-101"}'
  the job   npm run demo -- --url ${url}     (in another terminal; draws demo/map.svg)
  explore   npx buf curl --protocol grpc --http2-prior-knowledge http://${task} --list-methods
`;
}

/** Does what an orchestrator does elsewhere: a process that ended is started again. */
function restartWhatEnds(system: System): void {
  let restarts = 0;
  const look = async () => {
    const ended = PROCESSES.find((name) => !isAlive(system.pid(name)));
    if (ended === undefined || stopping) return;
    restarts += 1;
    if (restarts === RESTARTS_MAX) void watching.stop();
    say(`${ended} ended; starting it again. Its log is ${folder}/${ended}.log`);
    await system.start(ended);
  };
  const failed = (error: unknown) => console.error((error as Error).message);
  const watching = repeat({ everyMs: WATCH_MS, work: look, failed, later: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
