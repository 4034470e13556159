import { type DescService, getOption, hasOption } from "@bufbuild/protobuf";
import { commentOf } from "@tessera/contracts/comments.ts";
import { http } from "@tessera/contracts/google/api/annotations_pb.ts";
import { MEDIA_TYPES } from "../documents/negotiate.ts";
import { publicUrl } from "../public-url.ts";
import { isAnsweredOnce } from "../routes/route.ts";
import { routesOf } from "../routes/route-table.ts";
import type { OwnResource } from "./own-resource.ts";
import { linkHeader, type SiteLink } from "./site-link.ts";
import { chosenType, wholeReply } from "./whole-document.ts";

const TITLE = "Tessera";
const DESCRIPTION =
  "The core of map tasking: an area is cut into tasks, and people lock, map and check them. This is its REST gateway.";

const TYPES = ["application/json"];
/** Relations that are found by HEAD as well. */
const NAMED = ["alternate", "api-catalog"];
/** A collection at the top: no variable in its path. */
const TOP = /^\/v1\/[a-z0-9-]+$/;

/** `/`: what this is, and where to go. */
export function landing(services: readonly DescService[], links: readonly SiteLink[]): OwnResource {
  const own = { rel: "self", href: "/", type: "application/json", title: "This document" };
  const all = [own, ...links, ...collectionLinks(services)];
  const named = links.filter(({ rel }) => rel.startsWith("service-") || NAMED.includes(rel));
  return {
    takes: (path) => path === "/",
    reply: (exchange) => {
      chosenType(exchange, TYPES);
      const site = publicUrl(exchange);
      const absolute = all.map((it) => ({ ...it, href: `${site}${it.href}` }));
      const body = JSON.stringify({ title: TITLE, description: DESCRIPTION, links: absolute });
      const headers = { Link: named.map((it) => linkHeader(it, site)).join(", "), Vary: "Accept" };
      return wholeReply(exchange, { mediaType: "application/json", body, headers });
    },
  };
}

/** The collections of the contracts, each by the first sentence about the RPC that reads it. */
function collectionLinks(services: readonly DescService[]): SiteLink[] {
  const links = new Map<string, SiteLink>();
  for (const rpc of services.flatMap((it) => it.methods)) {
    if (!hasOption(rpc, http) || getOption(rpc, http).pattern.case !== "get") continue;
    for (const { template, selectedBy } of routesOf(rpc)) {
      if (!TOP.test(template.text) || selectedBy !== undefined || links.has(template.text)) continue;
      const type = isAnsweredOnce(rpc) ? MEDIA_TYPES.json : MEDIA_TYPES.sse;
      links.set(template.text, {
        rel: "collection",
        href: template.text,
        type,
        title: firstSentence(commentOf(rpc)),
      });
    }
  }
  return [...links.values()].sort((a, b) => (a.href < b.href ? -1 : 1));
}

function firstSentence(comment: string): string {
  const [paragraph = ""] = comment.split("\n\n");
  const line = paragraph.replaceAll("\n", " ");
  return line.split(/(?<=\.) (?=[A-Z])/)[0] ?? line;
}
