import { OrganisationService } from "@tessera/contracts/tessera/auth/v1/organisation_service_pb.ts";
import { AreaService } from "@tessera/contracts/tessera/project/v1/area_service_pb.ts";
import { field } from "../forms/field.ts";
import { type Command, form } from "../forms/form.ts";
import { type Content, html } from "../html/html.ts";
import type { Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { stepLinks, steps } from "./steps.ts";
import { MAKING_TEXTS } from "./texts.ts";

const ORGANISATIONS_MAX = 100;

/** The third step: what the project is called and what it is about. It becomes a draft. */
export async function showName(visit: Visit): Promise<Page> {
  const { ask, params, language, refused } = visit;
  const t = MAKING_TEXTS(language);
  const areaUploadId = refused?.form.text("area_upload_id") ?? params.area_upload_id ?? "0";
  await ask(AreaService.method.getAreaUpload, {
    areaUploadId: /^\d{1,18}$/.test(areaUploadId) ? BigInt(areaUploadId) : 0n,
  });
  const create: Command = {
    method: "POST",
    action: "/v1/projects",
    submit: t.name.submit,
    more: html` data-keep="new-project-${areaUploadId}"`,
  };
  const fields = html`<input type="hidden" name="area_upload_id" value="${areaUploadId}">
${field(visit, create, { name: "project.name", label: t.name.name, help: t.name.nameHelp, required: true, maxLength: 200 })}
${field(visit, create, { name: "project.short_description", label: t.name.short, help: t.name.shortHelp, rows: 2, maxLength: 1000 })}
${field(visit, create, { name: "project.instructions", label: t.name.instructions, help: t.name.instructionsHelp, rows: 8, maxLength: 20000 })}
${await organisations(visit, create)}`;
  const body = html`<h1>${t.name.title}</h1>${steps(visit, "name", { areaUploadId })}
<p class="lead">${t.name.lead}</p>${form(visit, create, fields)}
${stepLinks(visit, { back: `/v1/area-uploads/${areaUploadId}` })}`;
  const trail = [
    { href: "/v1/projects", name: t.projects },
    { href: "/console/new-project", name: t.title },
  ];
  return { title: t.name.title, body, trail };
}

/** The organisation that the project belongs to, if there are any. */
async function organisations(visit: Visit, create: Command): Promise<Content> {
  const t = MAKING_TEXTS(visit.language).name;
  const { organisations: known } = await visit.ask(OrganisationService.method.listOrganisations, {
    pageSize: ORGANISATIONS_MAX,
  });
  if (known.length === 0) return "";
  const options = [
    ["", t.noOrganisation] as const,
    ...known.map((it) => [String(it.organisationId), it.name] as const),
  ];
  return field(visit, create, {
    name: "project.organisation_id",
    label: t.organisation,
    help: t.organisationHelp,
    options,
  });
}
