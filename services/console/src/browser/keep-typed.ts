// Keeps what is typed into a form that is not sent yet, until it is: going back and coming again loses nothing.
const PREFIX = "typed:";

type Typed = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fieldsOf(form: HTMLFormElement): Typed[] {
  const all = form.querySelectorAll<Typed>("input[name], textarea[name], select[name]");
  return [...all].filter((it) => !["hidden", "file", "password"].includes(it.type));
}

function restore(form: HTMLFormElement): void {
  const kept = sessionStorage.getItem(PREFIX + form.dataset.keep);
  if (kept === null || form.querySelector("[role=alert]")) return;
  const values = JSON.parse(kept) as Record<string, string>;
  for (const field of fieldsOf(form)) if (field.value === "") field.value = values[field.name] ?? "";
}

/** Fills in what was typed before, in the forms of a part of the page that are still empty. */
export function restoreTyped(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-keep]")) restore(form);
}

/** Starts to keep what is typed. */
export function keepTyped(): void {
  document.addEventListener("input", ({ target }) => {
    const form = (target as Typed).form;
    if (form?.dataset.keep === undefined) return;
    const values = Object.fromEntries(fieldsOf(form).map((it) => [it.name, it.value]));
    sessionStorage.setItem(PREFIX + form.dataset.keep, JSON.stringify(values));
  });
}
