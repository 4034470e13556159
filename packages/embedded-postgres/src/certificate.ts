import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedHome } from "./home.ts";

/** By which a server proves who it is; both in PEM. */
export interface ServerCertificate {
  certificate: string;
  key: string;
}

/** Puts a certificate where the server reads it, and returns the settings that name it. */
export async function tlsSettings(
  { folder, user }: EmbeddedHome,
  { certificate, key }: ServerCertificate,
): Promise<Record<string, string>> {
  const files = { ssl_cert_file: join(folder, "server.crt"), ssl_key_file: join(folder, "server.key") };
  await writeFile(files.ssl_cert_file, certificate, { mode: 0o600 });
  await writeFile(files.ssl_key_file, key, { mode: 0o600 });
  if (user) for (const file of Object.values(files)) await chown(file, user.uid, user.gid);
  return { ssl: "on", ...files };
}
