import type { OwnResource } from "./own-resource.ts";
import type { SiteLink } from "./site-link.ts";

/** Whether the gateway takes requests. */
export const HEALTH: SiteLink = {
  rel: "status",
  href: "/health/ready",
  type: "application/json",
  title: "Whether the gateway takes requests",
};

/** Whether the process lives, and whether it takes requests. */
export function health(draining: AbortSignal): OwnResource {
  return {
    takes: (path) => path === "/health/live" || path === "/health/ready",
    // A busy gateway is healthy.
    always: true,
    reply: ({ path }) => {
      const ready = path === "/health/live" || !draining.aborted;
      const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
      return {
        status: ready ? 200 : 503,
        headers,
        body: JSON.stringify({ status: ready ? "ok" : "draining" }),
      };
    },
  };
}
