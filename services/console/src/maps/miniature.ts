import { createHash } from "node:crypto";
import type { Raw } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { findTasks } from "./found-tasks.ts";
import { viewBoxOf } from "./view.ts";

/** How long a browser shows a miniature without asking again. */
const KEPT_SECONDS = 60;
const ETAG_LENGTH = 16;

/** The colours of maps.css, which a picture of its own cannot refer to. */
const STYLE = `:root{--ready:#fff;--line:#5a6472;--ink:#16212b}
@media (prefers-color-scheme:dark){:root{--ready:#26313a;--line:#6d7c88;--ink:#e8edf1}}
.task-ready{fill:var(--ready)}.task-mapped{fill:#6db3e8}.task-validated{fill:#3f8f6b}.task-invalidated{fill:#e0a526}.task-bad-imagery{fill:#8a8f98}
.mark{fill:none;stroke:var(--ink);stroke-opacity:.35}.held,.held-lines{fill:none;stroke:#b3413a}.held{stroke-width:3.5}
.task-lines{fill:none;stroke:var(--line);stroke-opacity:.6}`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

const HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`,
  "cache-control": `private, max-age=${KEPT_SECONDS}`,
  vary: "Cookie",
};

/** The tasks of a project as a picture of its own, for the card of the project. */
export async function giveMiniature(visit: Visit): Promise<Raw> {
  const found = await findTasks(visit, Number(visit.params.project_id));
  const [box, inner] = found === undefined ? ["0 0 1 1", ""] : [viewBoxOf(found.drawn.view), found.drawn.svg];
  const bytes = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><style>${STYLE}</style>${inner}</svg>`;
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, ETAG_LENGTH)}"`;
  const unchanged = visit.ifNoneMatch === etag;
  return {
    contentType: "image/svg+xml",
    bytes: unchanged ? "" : bytes,
    status: unchanged ? 304 : 200,
    headers: { ...HEADERS, etag },
  };
}
