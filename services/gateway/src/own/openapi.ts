import { hash } from "node:crypto";
import type { DescService } from "@bufbuild/protobuf";
import { Reason } from "@tessera/contracts/tessera/gateway/v1/reason_pb.ts";
import type { Coding } from "../compression/coding.ts";
import { preferred } from "../documents/negotiate.ts";
import type { CodedBodies, Reply } from "../exchange.ts";
import { refuseHttp } from "../http-refusal.ts";
import { openApiDocument } from "../openapi/document.ts";
import { downConverted } from "../openapi/down-convert.ts";
import { listsTag } from "../requests/entity-tag.ts";
import type { OwnResource } from "./own-resource.ts";
import type { SiteLink } from "./site-link.ts";

const OPENAPI_TYPE = "application/vnd.oai.openapi+json";

/** The media types of the document, the preferred one first, with the version that each stands for. */
const TYPES: readonly (readonly [type: string, version: Version])[] = [
  [`${OPENAPI_TYPE};version=3.1`, "3.1"],
  ["application/json", "3.1"],
  [`${OPENAPI_TYPE};version=3.0`, "3.0"],
];

/** Where the document is. */
export const OPENAPI: SiteLink = {
  rel: "service-desc",
  href: "/openapi.json",
  type: "application/json",
  title: "Every operation (OpenAPI)",
};

type Version = "3.0" | "3.1";

interface Kept {
  body: Buffer;
  etag: string;
  coded: CodedBodies;
}

/** The document that describes the REST surface. It is made when somebody first asks for it. */
export function openApi(services: readonly DescService[]): OwnResource {
  const documents = new Map<Version, Kept>();
  return {
    takes: (path) => path === "/openapi.json",
    reply: ({ request }) => {
      const [type, version] = chosenType(request.headers.accept);
      const kept = documents.get(version) ?? keep(services, version);
      documents.set(version, kept);
      return replyOf(kept, type, request.headers["if-none-match"]);
    },
  };
}

function keep(services: readonly DescService[], version: Version): Kept {
  const newest = openApiDocument(services);
  const document = version === "3.1" ? newest : downConverted(newest);
  const body = Buffer.from(JSON.stringify(document));
  // It is large and the same for everybody: it is compressed once for each coding.
  const coded = new Map<Coding, Buffer>();
  return {
    body,
    etag: `"${hash("sha256", body, "hex").slice(0, 32)}"`,
    coded: { find: (coding) => coded.get(coding), keep: (coding, it) => void coded.set(coding, it) },
  };
}

function replyOf({ body, etag, coded }: Kept, type: string, ifNoneMatch: string | undefined): Reply {
  const headers = { ETag: etag, "Cache-Control": "public, max-age=300", Vary: "Accept" };
  if (listsTag(ifNoneMatch, etag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, "Content-Type": type }, body, coded };
}

/** A media range of the document's own type: with a version, or any. */
const OWN_RANGE = /application\/vnd\.oai\.openapi\+json\s*(?:;\s*version="?(3\.[01])(?:\.\d+)?"?)?/i;

/** Chooses by Accept. The versions differ by a parameter, which says more than the weights between them. */
function chosenType(accept: string | undefined): (typeof TYPES)[number] {
  const own = OWN_RANGE.exec(accept ?? "");
  const wanted = own === null ? undefined : (own[1] ?? "3.1");
  const exact = TYPES.find(([type]) => type === `${OPENAPI_TYPE};version=${wanted}`);
  if (exact !== undefined) return exact;
  const index = preferred(
    accept,
    TYPES.map(([type]) => type),
  );
  // A client that takes anything gets JSON.
  const found = index === 0 ? TYPES[1] : TYPES[index];
  if (found !== undefined) return found;
  const available = TYPES.map(([type]) => type).join(", ");
  throw refuseHttp(Reason.NOT_ACCEPTABLE, {
    metadata: { available },
    detail: `Available representations: ${available}`,
  });
}
