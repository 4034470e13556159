import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the deployment's own services may ask for, beside who they are. */
const SERVICES = {
  auth: { scopes: ["services", "tasks:read"], may_act: false },
  project: { scopes: ["services", "account", "people:read", "teams:read", "tasks:read"], may_act: true },
  task: { scopes: ["services", "projects:read", "people:read"], may_act: true },
};

/** The service accounts of a deployment on this machine. */
export interface ServiceAccounts {
  /** The setting SERVICE_ACCOUNTS of the auth service. */
  registered: string;
  /** The setting SERVICE_ACCOUNT of each service that calls others. */
  own(service: string): string | undefined;
}

/** Makes a key for each service. */
export function newServiceAccounts(): ServiceAccounts {
  return accountsOf(Object.fromEntries(Object.keys(SERVICES).map((name) => [name, newKey()])));
}

/** The same that were made for this folder the first time. */
export function keptServiceAccounts(folder: string): ServiceAccounts {
  const file = join(folder, "service-keys.json");
  const made = Object.fromEntries(Object.keys(SERVICES).map((name) => [name, newKey()]));
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return accountsOf(JSON.parse(readFileSync(file, "utf8")) as Record<string, JsonWebKey>);
}

function newKey(): JsonWebKey {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
}

function accountsOf(keys: Record<string, JsonWebKey>): ServiceAccounts {
  const registered = Object.entries(SERVICES).map(([client_id, { scopes, may_act }]) => {
    const { d: _, ...publicJwk } = keys[client_id] as JsonWebKey;
    return { client_id, public_jwk: publicJwk, scopes, may_act };
  });
  return {
    registered: JSON.stringify(registered),
    own: (service) =>
      service in keys ? JSON.stringify({ client_id: service, private_jwk: keys[service] }) : undefined,
  };
}
