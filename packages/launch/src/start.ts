// `npm start`: the whole system on this machine, until Ctrl-C.
import { DEFAULT_PORTS, takenPorts } from "./ports.ts";
import { startSystem } from "./system.ts";

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

const { url, addresses } = await starting.catch((error: Error) => {
  console.error(error.message);
  return process.exit(1);
});
console.log(`
Tessera is running. Data and logs are in ${FOLDER}/. Stop it with Ctrl-C; nothing is lost.

  REST      ${url}/v1/projects
  gRPC      auth ${addresses.auth} · project ${addresses.project} · task ${addresses.task}  (reflection is on)
  sign in   curl -s ${url}/v1/sessions -H 'content-type: application/json' -d '{"name":"mapper-101"}'
  the job   npm run demo     (in another terminal; draws demo/map.svg)
  explore   npx buf curl --protocol grpc --http2-prior-knowledge http://${addresses.task} --list-methods
`);
