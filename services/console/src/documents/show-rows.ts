import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { FieldRole } from "@tessera/contracts/tessera/rpc/v1/options_pb.ts";
import { fieldWithRole } from "@tessera/rpc/request-id.ts";
import { attributes, type Content, html } from "../html/html.ts";
import { nameOfField } from "./field-names.ts";
import { type FoundResource, isVariable, pathOf, RESOURCES, variableName } from "./resources.ts";
import { fieldValue, isHidden, type Showing } from "./show-value.ts";
import { DOCUMENT_TEXTS } from "./texts.ts";
import { words } from "./words.ts";

/** The rows of a list as a table, each with a link to its own page where it has one. */
export function showRows(
  showing: Showing,
  resource: FoundResource,
  rows: readonly ReflectMessage[],
  caption: string,
): Content {
  const { language } = showing.visit;
  const t = DOCUMENT_TEXTS(language);
  const [first] = rows;
  if (first === undefined) return html`<p>${t.none}</p>`;
  const revision = fieldWithRole(first.desc, FieldRole.REVISION);
  const columns = first.fields.filter(
    (it) => it !== revision && !isHidden(it) && rows.some((row) => row.isSet(it)),
  );
  const heads = columns.map(({ name }) => {
    const { text, lang } = nameOfField(language, name);
    return html`<th scope="col"${attributes({ lang })}>${text}</th>`;
  });
  const hasLinks = rows.some((it) => pathOfRow(resource, it) !== undefined);
  const lines = rows.map((row) => {
    const path = pathOfRow(resource, row);
    const link = path && html`<a href="${path}">${t.open}<span class="unseen"> ${nameOfRow(path)}</span></a>`;
    const cells = columns.map(
      (it) => html`<td>${fieldValue({ ...showing, isShort: true }, row, it, 1)}</td>`,
    );
    return html`<tr>${cells}${hasLinks ? html`<td>${link}</td>` : ""}</tr>`;
  });
  const last = hasLinks ? html`<th scope="col">${t.page}</th>` : "";
  return html`<div class="table" tabindex="0" role="region" aria-label="${caption}"><table><caption class="unseen">${caption}</caption><thead><tr>${heads}${last}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** The page of one row: the resource that has the name of the list, and that the row's fields and the list's path lead to. */
function pathOfRow({ segments, variables }: FoundResource, row: ReflectMessage): string | undefined {
  const list = segments.findLast((it) => !isVariable(it));
  for (const it of RESOURCES) {
    const last = it.segments.at(-1) ?? "";
    if (it.segments.at(-2) !== list || !isVariable(last) || it.segments[1] === undefined) continue;
    const path = pathOf(it.segments, { ...variables, ...valuesOf(row, it.segments) });
    const own = row.fields.find(({ name }) => name === variableName(last));
    if (path !== undefined && own !== undefined) return path;
  }
  return undefined;
}

function valuesOf(row: ReflectMessage, segments: readonly string[]): Record<string, string> {
  const names = segments.filter(isVariable).map(variableName);
  const fields = row.fields.filter((it) => names.includes(it.name) && row.isSet(it));
  return Object.fromEntries(fields.map((it) => [it.name, String(row.get(it))]));
}

function nameOfRow(path: string): string {
  const [list = "", id = ""] = path.split("/").slice(-2);
  return `${words(list)} ${decodeURIComponent(id)}`;
}
