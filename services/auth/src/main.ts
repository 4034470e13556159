import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startAuth } from "./start.ts";

await main("auth", (log, stopping) => startAuth(readConfig(), log, stopping));
