import { TokenService } from "@tessera/contracts/tessera/auth/v1/token_service_pb.ts";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";

/**
 * Where a script follows the events of a project's tasks. A signed-in person's address carries a ticket, which reads this one
 * stream until their token expires; a script then asks again.
 */
export async function giveLiveAddress({ ask, params, person }: Visit): Promise<Raw> {
  const path = `/v1/projects/${Number(params.project_id)}/task-events`;
  const query = new URLSearchParams({ f: "sse" });
  if (person !== undefined) {
    const { ticket } = await ask(TokenService.method.issueStreamTicket, { path });
    query.set("ticket", ticket);
  }
  return {
    contentType: "application/json",
    bytes: JSON.stringify({ address: `${path}?${query}` }),
    headers: { "cache-control": "no-store" },
  };
}
