// Makes a person an administrator, in the database at DATABASE_URL, also before that person first signs in:
// `node src/grant-administrator.ts PROVIDER SUBJECT`, such as `openstreetmap 4711`.
import { onDatabase } from "@tessera/postgres/open-database.ts";
import { providedPerson } from "./administrators-setting.ts";
import { grantAdministrator } from "./users/administrator-store.ts";

const USAGE = `usage: node services/auth/src/grant-administrator.ts PROVIDER SUBJECT
  PROVIDER  what UPSTREAM_PROVIDER says: a short lower-case word such as openstreetmap
  SUBJECT   what the provider calls the person for ever, such as the number of an OpenStreetMap user`;

if (import.meta.main) {
  const [provider = "", subject = "", ...rest] = process.argv.slice(2);
  const person = rest.length === 0 ? providedPerson(provider, subject) : undefined;
  if (person === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
  } else
    await onDatabase("auth-grant-administrator", async (sql) => {
      const { userId, isNew, wasAdministrator, blocked } = await grantAdministrator(sql, person);
      const done = wasAdministrator ? "is an administrator already" : "is an administrator now";
      console.log(`auth: user ${userId} (${provider}:${subject}) ${done}`);
      if (isNew) console.log("auth: nobody has signed in as this person yet");
      if (blocked)
        console.log("auth: this user is blocked, and cannot sign in until an administrator unblocks them");
    });
}
