import type { AreaUpload } from "@tessera/contracts/tessera/project/v1/area_upload_pb.ts";
import { form } from "../forms/form.ts";
import { moment, number } from "../html/formats.ts";
import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** Uploads with what was found in each. `query` stands behind the links to them. */
export function uploadTable(visit: Visit, uploads: readonly AreaUpload[], query = "") {
  const { language } = visit;
  const t = MAKING_TEXTS(language);
  const rows = uploads.map((it) => {
    const path = `/v1/area-uploads/${it.areaUploadId}`;
    const gone = {
      method: "DELETE",
      action: path,
      submit: t.uploads.remove,
      about: it.fileName,
      quiet: true,
    } as const;
    const found =
      it.faultCount > 0
        ? html`<strong class="bad">${t.faultCount(it.faultCount)}</strong>`
        : t.squareKilometres(number(language, it.areaSquareKilometres ?? 0, 1));
    return html`<tr><th scope="row"><a href="${path}${query}" dir="auto">${it.fileName ?? t.uploads.unnamed}</a></th><td>${found}</td><td>${moment(language, it.createTime)}</td><td>${form(visit, gone)}</td></tr>`;
  });
  return html`<div class="table"><table><caption>${t.uploads.caption}</caption><thead><tr><th scope="col">${t.uploads.file}</th><th scope="col">${t.uploads.found}</th><th scope="col">${t.uploads.sent}</th><th scope="col">${t.uploads.act}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
