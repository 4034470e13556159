import type { Team } from "@tessera/contracts/tessera/auth/v1/team_pb.ts";
import type { Licence } from "@tessera/contracts/tessera/project/v1/licence_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { type FileForm, projectFile } from "../files/file-address.ts";
import { ago, day, moment, number } from "../html/formats.ts";
import { type Content, html } from "../html/html.ts";
import type { NameOf } from "../people/names.ts";
import type { Visit } from "../visits/visit.ts";
import { OVERVIEW_TEXTS } from "./overview-texts.ts";
import { countriesOf, mappingTypesOf, progressOf } from "./project-facts.ts";
import { WORDS, word } from "./words.ts";

/** What the facts of a project name by number elsewhere. */
export interface Named {
  nameOf: NameOf;
  organisationOf: (id: number) => string;
  teams: readonly Team[];
  licence: Licence | undefined;
}

/** A list of facts: those that are there. */
function facts(entries: readonly (readonly [name: string, value: Content])[]) {
  const shown = entries.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return html`<dl class="list">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** The progress of a project as a picture and in numbers. */
export function progressFacts({ language }: Visit, project: Project) {
  const t = OVERVIEW_TEXTS(language);
  const { progress } = project;
  if (progress === undefined) return progressOf(language, project);
  const { taskCount, mappedCount, validatedCount, badImageryCount, lastActivityTime } = progress;
  const left = taskCount - mappedCount - validatedCount - badImageryCount;
  const count = (value: number) => number(language, value);
  return html`${progressOf(language, project)}${facts([
    [t.counts.all, count(taskCount)],
    [t.counts.left, count(left)],
    [t.counts.mapped, count(mappedCount)],
    [t.counts.validated, count(validatedCount)],
    [t.counts.bad, badImageryCount > 0 && count(badImageryCount)],
    [t.counts.last, ago(language, lastActivityTime, Date.now())],
  ])}`;
}

/** What is to be known of a project beside its texts. */
export function projectFacts({ language }: Visit, project: Project, named: Named) {
  const [t, words] = [OVERVIEW_TEXTS(language), WORDS(language)];
  const { nameOf, organisationOf, teams, licence } = named;
  const { organisationId, lockDuration, authorUserId } = project;
  const links = (name: string, values: readonly string[]) =>
    values.map(
      (it, index) =>
        html`${index > 0 && ", "}<a href="/v1/projects?${String(new URLSearchParams({ [name]: it }))}" dir="auto">${it}</a>`,
    );
  const permission = (kind: number, level: number) =>
    (t.permission as Readonly<Record<number, (level: string) => string>>)[kind]?.(
      word(words.level, level).toLowerCase(),
    );
  const teamLinks = teams.map(
    ({ teamId, name }, index) =>
      html`${index > 0 && ", "}<a href="/v1/teams/${teamId}" dir="auto">${name}</a>`,
  );
  return html`${facts([
    [t.priority, word(words.priority, project.priority)],
    [t.difficulty, word(words.difficulty, project.difficulty)],
    [t.types, mappingTypesOf(language, project.mappingTypes)],
    [t.countries, countriesOf(language, project.countries)],
    [t.area, t.squareKilometres(number(language, project.areaSquareKilometres, 1))],
    [t.due, day(language, project.dueTime)],
    [
      t.organisation,
      organisationId !== undefined &&
        html`<a href="/v1/organisations/${organisationId}" dir="auto">${organisationOf(organisationId)}</a>`,
    ],
    [t.campaigns, project.campaigns.length > 0 && links("campaigns", project.campaigns)],
    [t.interests, project.interests.length > 0 && links("interests", project.interests)],
    [t.whoMaps, permission(project.mappingPermission, project.mappingLevel)],
    [t.whoValidates, permission(project.validationPermission, project.validationLevel)],
    [t.teams, teams.length > 0 && teamLinks],
    [t.visibility, project.private && t.privateOnly],
    [t.licence, licence && html`<a href="/v1/licences/${licence.licenceId}" dir="auto">${licence.name}</a>`],
    [t.lock, lockDuration && t.hours(number(language, Number(lockDuration.seconds) / 3_600, 1))],
    [t.author, authorUserId !== undefined && nameOf(authorUserId)],
    [t.created, moment(language, project.createTime)],
    [t.changed, moment(language, project.updateTime)],
    [t.imported, project.source && html`<span dir="auto">${project.source} ${project.externalId}</span>`],
  ])}`;
}

/** What mappers set in their editor. */
export function editingFacts({ language }: Visit, project: Project) {
  const t = OVERVIEW_TEXTS(language);
  const { imagery, changesetComment, hashtags } = project;
  const copied = (id: string, label: string, value: string) =>
    html`<div class="field"><label for="${id}">${label}</label><div class="copy"><input id="${id}" readonly value="${value}" dir="auto"><button type="button" data-copy="${id}" data-copied="${t.copied}" hidden>${t.copy}</button></div></div>`;
  return html`${imagery === "" ? html`<p>${t.imagery}: ${t.ownImagery}</p>` : copied("imagery", t.imagery, imagery)}
${changesetComment === "" ? "" : copied("changeset-comment", t.comment, changesetComment)}
${hashtags.length === 0 ? "" : copied("hashtags", t.hashtags, hashtags.join(" "))}`;
}

/** The forms in which programs and people get a project's tasks and its area. */
export function projectFiles({ language }: Visit, project: Project, isPublic: boolean) {
  const t = OVERVIEW_TEXTS(language);
  const path = `/v1/projects/${project.projectId}`;
  // The browser saves these: no page takes their place.
  const file = (of: "area" | "tasks", form: FileForm, name: string) =>
    html`<li><a href="${projectFile(project.projectId, of, form)}" hx-boost="false">${name}</a></li>`;
  const link = (href: string, name: string) => html`<li><a href="${href}" hx-boost="false">${name}</a></li>`;
  return html`<h3>${t.tasksFile}</h3><ul class="files">${file("tasks", "geojson", "GeoJSON")}${file("tasks", "csv", "CSV")}${file("tasks", "gpx", "GPX")}${file("tasks", "osm", "OSM XML")}</ul>
<h3>${t.areaFile}</h3><ul class="files">${file("area", "geojson", "GeoJSON")}${file("area", "gpx", "GPX")}${file("area", "osm", "OSM XML")}</ul>
<h3>${t.otherTools}</h3>${isPublic ? "" : html`<p class="help">${t.privateTools} <a href="/v1/personal-access-tokens">${t.tokens}</a></p>`}<ul>${link(`${path}/tasks/tiles?f=json`, t.tiles)}${link(`${path}/tasks/tiles/style?f=json`, t.style)}${link(`/ogc/collections/project-${project.projectId}-tasks?f=json`, t.ogc)}${link(`${path}?f=links`, t.editors)}</ul>`;
}
