import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startConsole } from "./start.ts";

await main("console", (log) => startConsole(readConfig(), log));
