// `npm run --silent service-keys > .env`: what a deployment's services need to know each other, for docker-compose.yml.
import { randomBytes } from "node:crypto";
import { newServiceAccounts } from "./service-accounts.ts";

const accounts = newServiceAccounts();
console.log(`KEY_ENCRYPTION_SECRET=${randomBytes(32).toString("hex")}`);
console.log(`SERVICE_ACCOUNTS='${accounts.registered}'`);
for (const service of ["project", "task"])
  console.log(`${service.toUpperCase()}_SERVICE_ACCOUNT='${accounts.own(service)}'`);
