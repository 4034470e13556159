/** What htmx says about a request. */
interface Swapped {
  ctx?: { sourceElement?: Element; response?: { status: number }; target?: Element };
}

/** After a part of a page was swapped: a form that was accepted is empty again, and the focus is never lost. */
export function tidySentForms(): void {
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, response, target } = (event as CustomEvent<Swapped>).detail?.ctx ?? {};
    if (
      sourceElement instanceof HTMLFormElement &&
      sourceElement.method === "post" &&
      (response?.status ?? 500) < 400
    )
      sourceElement.reset();
    const isLost = document.activeElement === null || document.activeElement === document.body;
    const part = target?.id ? document.getElementById(target.id) : null;
    if (!isLost || part === null) return;
    const alert = part.querySelector<HTMLElement>("[role=alert]");
    alert?.setAttribute("tabindex", "-1");
    (alert ?? part).focus();
  });
}
