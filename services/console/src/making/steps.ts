import { html } from "../html/html.ts";
import type { Visit } from "../visits/visit.ts";
import { MAKING_TEXTS } from "./texts.ts";

/** The steps in which a project is made. */
export type Step = "area" | "look" | "name" | "cut" | "who" | "publish";

const STEPS: readonly Step[] = ["area", "look", "name", "cut", "who", "publish"];

/** What there is of the project already: an upload, then the project itself. */
export interface Made {
  areaUploadId?: string | undefined;
  projectId?: number | undefined;
}

/** Where a step is done; undefined as long as it cannot be. */
export function stepPath(step: Step, { areaUploadId, projectId }: Made): string | undefined {
  if (projectId !== undefined) {
    const own = `/console/projects/${projectId}`;
    if (step === "area") return `${own}/area`;
    return step === "look" ? undefined : `${own}/${step}`;
  }
  if (step === "area") return "/console/new-project";
  if (areaUploadId === undefined) return undefined;
  if (step === "look") return `/v1/area-uploads/${areaUploadId}`;
  return step === "name" ? `/console/new-project/${areaUploadId}` : undefined;
}

/** Where one is on the way to a project, and how to get back. */
export function steps({ language }: Visit, current: Step, made: Made) {
  const t = MAKING_TEXTS(language);
  const at = STEPS.indexOf(current);
  const items = STEPS.map((step, index) => {
    const path = stepPath(step, made);
    const name = html`<span class="step-number">${index + 1}</span> <span>${t.steps[step]}</span>`;
    const state = index < at ? "before" : index === at ? "now" : "after";
    if (index === at) return html`<li class="${state}" aria-current="step">${name}</li>`;
    return html`<li class="${state}">${path === undefined ? name : html`<a href="${path}">${name}</a>`}</li>`;
  });
  return html`<nav class="wizard" aria-label="${t.stepsLabel}"><ol>${items}</ol></nav>`;
}

/** The buttons below a step: on to the next one, and back. */
export function stepLinks(
  { language }: Visit,
  { back, next }: { back?: string | undefined; next?: string | undefined },
) {
  const t = MAKING_TEXTS(language);
  return html`<p class="step-links">${back === undefined ? "" : html`<a href="${back}" class="back">${t.back}</a> `}${next === undefined ? "" : html`<a class="button" href="${next}">${t.next}</a>`}</p>`;
}
