import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startProject } from "./start.ts";

await main("project", (log) => startProject(readConfig(), log));
