import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import type { Exchange, Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import type { OwnResource } from "./own-resource.ts";
import type { SiteLink } from "./site-link.ts";
import { chosenType, wholeReply } from "./whole-document.ts";

const require = createRequire(import.meta.url);
const PACKAGE = require.resolve("swagger-ui-dist/package.json");
const { version } = require(PACKAGE) as { version: string };

/** Where the page is. */
export const DOCS: SiteLink = {
  rel: "service-doc",
  href: "/docs",
  type: "text/html",
  title: "Every operation, to read and to try",
};

/** The files of Swagger UI that the page uses. */
const FILES: ReadonlyMap<string, string> = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["swagger-ui-bundle.js.LICENSE.txt", "text/plain; charset=utf-8"],
  ["favicon-32x32.png", "image/png"],
]);

/**
 * Starts Swagger UI. It asks nobody to validate the document, and keeps a token for as long as the page is open. A link to an
 * operation opens it.
 */
const SCRIPT = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const SCRIPT_NAME = `docs-${createHash("sha256").update(SCRIPT).digest("hex").slice(0, 12)}.js`;
/** A new version has new URLs. */
const FOLDER = `/docs/swagger-ui-${version}/`;

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tessera: the REST API</title>
<link rel="stylesheet" href="${FOLDER}swagger-ui.css">
<link rel="icon" type="image/png" href="${FOLDER}favicon-32x32.png">
</head>
<body>
<noscript><p>This page needs JavaScript. What it shows is in <a href="/openapi.json">/openapi.json</a>.</p></noscript>
<div id="docs"></div>
<script src="${FOLDER}swagger-ui-bundle.js"></script>
<script src="/docs/${SCRIPT_NAME}"></script>
</body>
</html>
`;

/** Everything comes from here, and nothing is sent elsewhere. The pictures are those within the style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const FOR_EVER = "public, max-age=31536000, immutable";

/** `/docs`: a page that shows /openapi.json, and calls what it shows. */
export function docsPage(): OwnResource {
  const files = new Map<string, Promise<Buffer>>();
  return {
    takes: (path) => path === DOCS.href || path.startsWith(`${DOCS.href}/`),
    reply: async (exchange) => {
      const { path } = exchange;
      if (path === DOCS.href) return page(exchange);
      if (path === `${DOCS.href}/`) return { status: 308, headers: { Location: DOCS.href } };
      if (path === `/docs/${SCRIPT_NAME}`) return asset("text/javascript; charset=utf-8", SCRIPT);
      const name = path.startsWith(FOLDER) ? path.slice(FOLDER.length) : "";
      const type = FILES.get(name);
      if (type === undefined)
        throw refuseHttp(Reason.ROUTE_NOT_FOUND, { detail: `No resource has the path ${path}` });
      const file = files.get(name) ?? readFile(join(dirname(PACKAGE), name));
      files.set(name, file);
      // What could not be read is read again by the next request.
      file.catch(() => files.delete(name));
      return asset(type, await file);
    },
  };
}

function page(exchange: Exchange): Reply {
  chosenType(exchange, ["text/html"]);
  const headers = { "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer", Vary: "Accept" };
  return wholeReply(exchange, { mediaType: "text/html; charset=utf-8", body: HTML, headers });
}

function asset(type: string, body: string | Buffer): Reply {
  return { status: 200, headers: { "Content-Type": type, "Cache-Control": FOR_EVER }, body };
}
