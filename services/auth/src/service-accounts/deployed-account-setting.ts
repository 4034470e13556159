import { SCOPES } from "@tessera/contracts/scopes.ts";
import { z } from "zod";

const account = z.strictObject({
  client_id: z.string().regex(/^[a-z][a-z0-9-]{2,63}$/, "must be letters, digits and hyphens"),
  public_jwk: z.record(z.string(), z.unknown()),
  scopes: z.array(z.enum(SCOPES as [string, ...string[]])).min(1),
  may_act: z.boolean().default(false),
});

/** A service of the deployment, as its settings define it. */
export type DeployedAccount = z.output<typeof account>;

/** A JSON list of the deployment's own services; each error names the path that it is about. */
export const deployedAccounts = z
  .string()
  .default("[]")
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be a JSON list" });
      return z.NEVER;
    }
  })
  .pipe(z.array(account).max(100))
  .refine(
    (all) => new Set(all.map((it) => it.client_id)).size === all.length,
    "must not name a client_id twice",
  );
