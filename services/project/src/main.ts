import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startProject } from "./start.ts";

await main("project", (log, stopping) => startProject(readConfig(), log, stopping));
