import type { RestClient } from "../rest-client.ts";

/** An operation, as far as it goes. */
export interface Operation {
  name: string;
  done: boolean;
  done_count: number;
  error?: { reason: string };
}

/** Each waits for some seconds. */
const WAITS_MAX = 60;

/** Begins what takes long, and returns it when it is done. Throws when it fails, or takes for ever. */
export async function runOperation(client: RestClient, path: string, request: object): Promise<Operation> {
  let { body } = await client<Operation>("POST", path, request, { prefer: "wait=20" });
  for (let waits = 0; !body.done && waits < WAITS_MAX; waits++)
    ({ body } = await client<Operation>("GET", `${body.name}/result`));
  if (!body.done) throw new Error(`${path} is not done`);
  if (body.error !== undefined) throw new Error(`${path} failed: ${body.error.reason}`);
  return body;
}
