import type { GatewayDeps } from "../gateway.ts";
import { OGC, ogc } from "../ogc/ogc.ts";
import { API_CATALOG, apiCatalog } from "./api-catalog.ts";
import { DOCS, docsPage } from "./docs-page.ts";
import { HEALTH, health } from "./health.ts";
import { landing } from "./landing.ts";
import { OPENAPI, openApi } from "./openapi.ts";
import type { OwnResource } from "./own-resource.ts";
import { PROBLEMS, problemPages } from "./problem-pages.ts";
import type { SiteLink } from "./site-link.ts";

/** What is passed on to auth, where it is. */
const PASSED: readonly SiteLink[] = [
  {
    rel: "oauth-authorization-server",
    href: "/.well-known/oauth-authorization-server",
    type: "application/json",
    title: "How to sign in: the OAuth endpoints (RFC 8414)",
  },
  {
    rel: "jwks",
    href: "/.well-known/jwks.json",
    type: "application/json",
    title: "The keys with which access tokens are verified",
  },
];

/** Where the console is. */
const PAGE: SiteLink = {
  rel: "alternate",
  href: "/?f=html",
  type: "text/html",
  title: "The same as pages for people",
};

/** The gateway's own resources: the first that takes a path answers it, before any route of the contracts. */
export function ownResources(deps: GatewayDeps): readonly OwnResource[] {
  const { draining, services, oauth, pages } = deps;
  const passed = PASSED.filter(({ href }) => oauth?.takes(href));
  const links = [
    OPENAPI,
    DOCS,
    API_CATALOG,
    OGC,
    PROBLEMS,
    HEALTH,
    ...passed,
    ...(pages === undefined ? [] : [PAGE]),
  ];
  return [
    health(draining),
    problemPages(services),
    docsPage(),
    openApi(services),
    ogc(deps),
    landing(services, links),
    apiCatalog(links),
  ];
}
