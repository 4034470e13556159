// The script of the search: after a swap the fields hold what the address says. A browser keeps what was typed or checked.

document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector<HTMLFormElement>("#search-form");
  for (const field of form?.elements ?? []) {
    if (field === document.activeElement && field instanceof HTMLInputElement && field.type !== "checkbox")
      continue;
    if (field instanceof HTMLInputElement) {
      field.checked = field.defaultChecked;
      if (field.value !== field.defaultValue) field.value = field.defaultValue;
    } else if (field instanceof HTMLSelectElement)
      for (const option of field.options) option.selected = option.defaultSelected;
  }
});
