import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startTask } from "./start.ts";

await main("task", (log, stopping) => startTask(readConfig(), log, stopping));
