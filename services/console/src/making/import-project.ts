import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { ProjectProfileSchema } from "@tessera/contracts/tessera/project/v1/exchange_pb.ts";
import { ExchangeService } from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { fieldRefusal } from "../forms/field-refusal.ts";
import { requestIdWith } from "../forms/request-id.ts";
import { html } from "../html/html.ts";
import type { Done, Page } from "../visits/page.ts";
import type { Visit } from "../visits/visit.ts";
import { readTextFile } from "./given-areas.ts";
import { areasFromGeoJson } from "./profile-areas.ts";
import { SETTING_TEXTS } from "./settings/setting-texts.ts";

/** Makes a project of another tool's document, or changes the one that it made before. What was left out is listed. */
export async function importProject(visit: Visit): Promise<Done | Page> {
  const { ask, form, language } = visit;
  const s = SETTING_TEXTS(language).imports;
  const text = await readTextFile(visit);
  const document =
    form.text("form") === "tasking_manager_project"
      ? ({ case: "taskingManagerProject", value: text } as const)
      : ({ case: "profile", value: profileOf(text, s.notProfile) } as const);
  const { acknowledgement, skipped } = await ask(ExchangeService.method.importProject, {
    requestId: requestIdWith(form, text),
    source: form.text("source"),
    externalId: form.text("external_id"),
    document,
  });
  const see = `/v1/${acknowledgement?.name}`;
  if (skipped.length === 0) return { see, notice: "projectImported" };
  const items = skipped.map(
    ({ field, description }) =>
      html`<li>${field === undefined ? "" : html`<code dir="ltr">${field}</code> `}${description}</li>`,
  );
  const body = html`<h1>${s.done}</h1><p>${s.skipped}</p><ul>${items}</ul><p><a class="button" href="${see}">${SETTING_TEXTS(language).toProject}</a></p>`;
  return { title: s.done, body };
}

function profileOf(text: string, fault: string) {
  try {
    return fromJson(ProjectProfileSchema, areasFromGeoJson(JSON.parse(text)) as JsonValue, {
      ignoreUnknownFields: true,
    });
  } catch {
    throw fieldRefusal("file", fault);
  }
}
