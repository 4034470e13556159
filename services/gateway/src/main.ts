import { main } from "@tessera/runtime/main.ts";
import { readConfig } from "./config.ts";
import { startGateway } from "./start.ts";

await main("gateway", (log) => startGateway(readConfig(), log));
