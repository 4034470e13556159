import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { type Content, html } from "../html/html.ts";
import { pager } from "../html/pager.ts";
import type { Crumb, Page } from "../visits/page.ts";
import { PageFault } from "../visits/page-fault.ts";
import type { Visit } from "../visits/visit.ts";
import { isReflected, linksOf } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { type FoundResource, pathsBelow, resourceAt } from "./resources.ts";
import { showRows } from "./show-rows.ts";
import { type Showing, showMessage } from "./show-value.ts";
import { DOCUMENT_TEXTS } from "./texts.ts";
import { words } from "./words.ts";

/** The page of every resource of the contracts that no room has a page for: what its document says, by its descriptor. */
export async function showDocument(visit: Visit): Promise<Page> {
  const resource = resourceAt(visit.path, visit.query);
  if (resource === undefined) throw new PageFault(406);
  const answer = await visit.ask(resource.rpc, readRequest(visit, resource) as never);
  const response = reflect(resource.rpc.output, answer);
  const rowsField = fieldWithRole(resource.rpc.output, FieldRole.ROWS);
  if (rowsField !== undefined && resource.field === undefined) {
    const rows = [...(response.get(rowsField) as Iterable<unknown>)].filter(isReflected);
    return listPage(visit, resource, response, rows);
  }
  const document: unknown = resource.field === undefined ? response : response.get(resource.field);
  if (!isReflected(document)) throw new PageFault(406);
  return documentPage(visit, resource, document);
}

async function listPage(
  visit: Visit,
  resource: FoundResource,
  response: ReflectMessage,
  rows: readonly ReflectMessage[],
): Promise<Page> {
  const title = titleOf(visit.path, undefined);
  const showing: Showing = { visit, linkTo: await linksOf(visit, rows), isShort: true };
  const nextPage = fieldWithRole(resource.rpc.output, FieldRole.NEXT_PAGE);
  const next = nextPage === undefined ? "" : String(response.get(nextPage));
  const body = html`<h1>${title}</h1>${showRows(showing, resource, rows, title)}${pager(visit, next)}`;
  return { title, body, trail: trailTo(visit) };
}

async function documentPage(visit: Visit, resource: FoundResource, document: ReflectMessage): Promise<Page> {
  const title = titleOf(visit.path, document);
  const showing: Showing = { visit, linkTo: await linksOf(visit, [document]), isShort: false };
  const below = pathsBelow(resource);
  const body = html`<h1 dir="auto">${title}</h1>${showMessage(showing, document)}${links(visit, below)}`;
  return { title, body, trail: trailTo(visit) };
}

function links({ language }: Visit, paths: readonly string[]): Content {
  if (paths.length === 0) return "";
  const items = paths.map((it) => html`<li><a href="${it}">${titleOf(it, undefined)}</a></li>`);
  return html`<h2>${DOCUMENT_TEXTS(language).below}</h2><ul>${items}</ul>`;
}

/** What a page is called: what the document is called by people, or what its path says. */
function titleOf(path: string, document: ReflectMessage | undefined): string {
  const title = document && fieldWithRole(document.desc, FieldRole.TITLE);
  const named = title && document?.isSet(title) ? String(document.get(title)) : "";
  if (named !== "") return named;
  const [before = "", last = ""] = path.split("/").slice(-2).map(decodeURIComponent);
  if (document === undefined || !/\d/.test(last)) return words(last);
  return `${words(document.desc.name || before)} ${last}`;
}

/** The pages above this one: each part of the path that is a resource by itself. */
function trailTo({ path }: Visit): Crumb[] {
  const parts = path.split("/").slice(1, -1);
  return parts.flatMap((_, at) => {
    const href = `/${parts.slice(0, at + 1).join("/")}`;
    if (resourceAt(href, new URLSearchParams()) === undefined) return [];
    const [before = "", last = ""] = href.split("/").slice(-2).map(decodeURIComponent);
    return [{ href, name: /^\d+$/.test(last) ? `${words(before).replace(/s$/, "")} ${last}` : words(last) }];
  });
}
