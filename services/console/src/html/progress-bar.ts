import { html } from "./html.ts";

const WIDTH = 100;

/** A bar of two parts of a hundred, drawn as a picture; `label` says the same in words. */
export function progressBar(label: string, mappedPercent: number, validatedPercent: number) {
  const [mapped, validated] = [mappedPercent, validatedPercent].map((it) =>
    Math.min(WIDTH, Math.max(0, it)).toFixed(1),
  );
  return html`<div class="progress"><svg viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="${label}"><rect class="ground" width="100" height="6"/><rect class="mapped" width="${mapped}" height="6"/><rect class="validated" width="${validated}" height="6"/></svg><p>${label}</p></div>`;
}
