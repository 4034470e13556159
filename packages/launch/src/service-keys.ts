// `npm run service-keys -- --output .env`: the secrets of a deployment, for docker-compose.yml, in a file that only its owner
// reads. Without --output they are printed.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { newServiceAccounts } from "./service-accounts.ts";

const OWNER_ONLY = 0o600;
const PASSWORD_BYTES = 24;
const KEY_BYTES = 32;

const { values } = parseArgs({ options: { output: { type: "string" } } });
const accounts = newServiceAccounts();
const random = (bytes: number) => randomBytes(bytes).toString("hex");
const lines = [
  ...["KEY_ENCRYPTION", "COOKIE"].map((name) => `${name}_SECRET=${random(KEY_BYTES)}`),
  ...["POSTGRES", "AUTH_DATABASE", "PROJECT_DATABASE", "TASK_DATABASE"].map(
    (name) => `${name}_PASSWORD=${random(PASSWORD_BYTES)}`,
  ),
  `SERVICE_ACCOUNTS='${accounts.registered}'`,
  ...["project", "task"].map(
    (service) => `${service.toUpperCase()}_SERVICE_ACCOUNT='${accounts.own(service)}'`,
  ),
];
const text = `${lines.join("\n")}\n`;
// A file that is there holds the secrets of a deployment that may be running: it is never overwritten.
if (values.output !== undefined) writeFileSync(values.output, text, { mode: OWNER_ONLY, flag: "wx" });
else process.stdout.write(text);
