// Walks the chain of events in the database at DATABASE_URL, and says where it breaks: `node src/verify-events.ts`.
import { connectPool } from "@tessera/postgres/pool.ts";
import { readEnvironment, url } from "@tessera/runtime/environment.ts";
import { z } from "zod";
import { walkChain } from "./store/event-chain-store.ts";

if (import.meta.main) {
  const { DATABASE_URL } = readEnvironment(z.object({ DATABASE_URL: url }));
  const sql = connectPool(DATABASE_URL, { applicationName: "auth-verify-events", max: 1 });
  try {
    const { sound, break: broken } = await walkChain(sql);
    console.log(`auth: ${sound} events are as they were written`);
    if (broken !== undefined) {
      console.error(`auth: the chain breaks at ${broken.position}: ${broken.what}`);
      process.exitCode = 1;
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}
