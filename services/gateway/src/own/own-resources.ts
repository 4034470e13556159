import type { GatewayDeps } from "../gateway.ts";
import { health } from "./health.ts";
import type { OwnResource } from "./own-resource.ts";
import { problemPages } from "./problem-pages.ts";

/** The gateway's own resources: the first that takes a path answers it, before any route of the contracts. */
export function ownResources({ draining, services }: GatewayDeps): readonly OwnResource[] {
  return [health(draining), problemPages(services)];
}
