// Buttons that copy the text of a field: `data-copy` names it. Without scripts they are not there.

function offer(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]"))
    button.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  if (!(target instanceof HTMLButtonElement) || target.dataset.copy === undefined) return;
  const field = document.getElementById(target.dataset.copy);
  if (!(field instanceof HTMLInputElement)) return;
  field.select();
  await navigator.clipboard?.writeText(field.value);
  target.textContent = target.dataset.copied ?? target.textContent;
});
document.addEventListener("htmx:after:swap", offer);
offer();
