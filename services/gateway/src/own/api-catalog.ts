import { publicUrl } from "../public-url.ts";
import type { OwnResource } from "./own-resource.ts";
import { linkHeader, type SiteLink } from "./site-link.ts";
import { chosenType, wholeReply } from "./whole-document.ts";

const MEDIA_TYPE = "application/linkset+json";
const PROFILE = "https://www.rfc-editor.org/info/rfc9727";

/** Where the catalogue is. */
export const API_CATALOG: SiteLink = {
  rel: "api-catalog",
  href: "/.well-known/api-catalog",
  type: MEDIA_TYPE,
  title: "The catalogue of this API (RFC 9727)",
};

/** The relations of the catalogue: those of RFC 8631. */
const RELATIONS = ["service-desc", "service-doc", "service-meta", "status"];

/** `/.well-known/api-catalog` (RFC 9727): the documents about the one API here, as a linkset (RFC 9264). */
export function apiCatalog(links: readonly SiteLink[]): OwnResource {
  return {
    takes: (path) => path === API_CATALOG.href,
    reply: (exchange) => {
      chosenType(exchange, [MEDIA_TYPE, "application/json"]);
      const site = publicUrl(exchange);
      const api: Record<string, unknown> = { anchor: `${site}/` };
      for (const rel of RELATIONS) {
        const targets = links.filter((it) => it.rel === rel);
        if (targets.length > 0)
          api[rel] = targets.map(({ href, type, title }) => ({ href: `${site}${href}`, type, title }));
      }
      const catalogue = { anchor: `${site}${API_CATALOG.href}`, item: [{ href: `${site}/` }] };
      const body = JSON.stringify({ linkset: [catalogue, api] });
      const headers = { Link: linkHeader(API_CATALOG, site), Vary: "Accept" };
      return wholeReply(exchange, { mediaType: `${MEDIA_TYPE}; profile="${PROFILE}"`, body, headers });
    },
  };
}
