/** What htmx says about a request. */
interface Swapped {
  ctx?: { sourceElement?: Element; response?: { status: number }; target?: Element };
}

/** What is to be read first on a new page: a refusal, then what has been done, then its heading. */
const READ_FIRST = ["#main [role=alert]", "#notice > *", "#main h1"];

/**
 * Moves the focus after htmx swapped something in, as a browser does that loads a page, so that the keyboard and a screen reader go
 * on from what is new. A part that refreshes by itself leaves the focus where it is, unless the element that had it is gone.
 */
export function keepFocus(): void {
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, response, target } = (event as CustomEvent<Swapped>).detail?.ctx ?? {};
    const isForm = sourceElement instanceof HTMLFormElement && sourceElement.method === "post";
    if (isForm && (response?.status ?? 500) < 400) sourceElement.reset();
    if (target === document.body) return readFrom(first(document, READ_FIRST));
    const part = target?.id ? document.getElementById(target.id) : null;
    const refusal = part?.querySelector<HTMLElement>("[role=alert]") ?? undefined;
    // The button of a form may have become one that does something else: a second Enter must not press it.
    if (isForm && part !== null) return readFrom(refusal ?? first(document, ["#notice > *"]) ?? part);
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && part !== null) readFrom(refusal ?? part);
  });
}

function first(root: ParentNode, selectors: readonly string[]): HTMLElement | undefined {
  for (const selector of selectors) {
    const found = root.querySelector<HTMLElement>(selector);
    if (found !== null) return found;
  }
  return undefined;
}

function readFrom(element: HTMLElement | undefined): void {
  element?.setAttribute("tabindex", "-1");
  element?.focus();
}
