// Walks the chain of events in the database at DATABASE_URL, and says where it breaks: `node src/events/verify-events.ts`.
import { onDatabase } from "@tessera/postgres/open-database.ts";
import { walkChain } from "./event-chain-store.ts";

if (import.meta.main)
  await onDatabase("auth-verify-events", async (sql) => {
    const { sound, break: broken } = await walkChain(sql);
    console.log(`auth: ${sound} events are as they were written`);
    if (broken === undefined) return;
    console.error(`auth: the chain breaks at ${broken.position}: ${broken.what}`);
    process.exitCode = 1;
  });
