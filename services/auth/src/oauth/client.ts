import { hash, timingSafeEqual } from "node:crypto";
import { PERSON_SCOPES } from "@tessera/contracts/scopes.ts";
import { z } from "zod";
import { canBeRegistered } from "./redirect-uri.ts";

/** A program that people sign in to, registered by the operator. */
export interface Client {
  clientId: string;
  redirectUris: readonly string[];
  /** The most scopes of its tokens. */
  scopes: readonly string[];
  /** SHA-256 of its secret, in hexadecimal; undefined for a public client. */
  secretSha256: string | undefined;
}

const CLIENTS_MAX = 200;

const registration = z
  .strictObject({
    client_id: z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/, "must be 1 to 64 letters, digits and . _ ~ -"),
    redirect_uris: z
      .array(z.string().refine(canBeRegistered, "must be https, or http://127.0.0.1 or http://[::1]"))
      .min(1)
      .max(20),
    scopes: z
      .array(z.string().refine((it) => PERSON_SCOPES.includes(it), "must be a scope that people have"))
      .min(1)
      .default([...PERSON_SCOPES]),
    client_secret_sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits")
      .optional(),
  })
  .transform(
    (it): Client => ({
      clientId: it.client_id,
      redirectUris: it.redirect_uris,
      scopes: it.scopes,
      secretSha256: it.client_secret_sha256,
    }),
  );

/** The registered clients, as JSON: a list of objects, each client_id once. */
export const clientsSetting = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("must be JSON");
      return z.NEVER;
    }
  })
  .pipe(z.array(registration).max(CLIENTS_MAX))
  .refine((list) => new Set(list.map((it) => it.clientId)).size === list.length, "has a client_id twice")
  .transform((list): ReadonlyMap<string, Client> => new Map(list.map((it) => [it.clientId, it])));

/** Whether a secret is the client's. The time it takes says nothing. */
export function isSecretOf(client: Client, secret: string): boolean {
  if (client.secretSha256 === undefined) return false;
  return timingSafeEqual(hash("sha256", secret, "buffer"), Buffer.from(client.secretSha256, "hex"));
}
