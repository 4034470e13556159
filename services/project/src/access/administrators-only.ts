import type { HandlerContext } from "@connectrpc/connect";
import type { Deps } from "../deps.ts";
import { notAdministrator } from "../refusals.ts";
import { isAdministrator } from "./viewer.ts";

/** Lets nobody pass but administrators. Refuses NOT_ADMINISTRATOR. */
export async function refuseOrdinary(
  { viewers }: Pick<Deps, "viewers">,
  context: HandlerContext,
): Promise<void> {
  if (!isAdministrator(await viewers.of(context))) throw notAdministrator();
}
