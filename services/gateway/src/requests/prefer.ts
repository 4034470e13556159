/** What the caller of a command wants to get back. */
export type Return = "minimal" | "representation";

/** Reads `return` from the header Prefer (RFC 7240); undefined where it says nothing of it. */
export function preferredReturn(prefer: string | undefined): Return | undefined {
  const wanted = preference(prefer, "return");
  return wanted === "minimal" || wanted === "representation" ? wanted : undefined;
}

/** Reads `wait`, in seconds and `max` at most, from the header Prefer; undefined where it says nothing of it. */
export function preferredWait(prefer: string | undefined, max: number): number | undefined {
  const seconds = preference(prefer, "wait");
  return seconds !== undefined && /^[0-9]+$/.test(seconds) ? Math.min(Number(seconds), max) : undefined;
}

/** The value of a preference. The first one of a name counts. */
function preference(prefer: string | undefined, wanted: string): string | undefined {
  for (const each of prefer?.split(",") ?? []) {
    const [name, value] = (each.split(";", 1)[0] as string).split("=", 2);
    if (name?.trim().toLowerCase() === wanted) return value?.trim().replace(/^"(.*)"$/, "$1");
  }
  return undefined;
}
