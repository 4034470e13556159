/** What the caller of a command wants to get back. */
export type Return = "minimal" | "representation";

/** Reads `return` from the header Prefer (RFC 7240); undefined where it says nothing of it. The first one counts. */
export function preferredReturn(prefer: string | undefined): Return | undefined {
  for (const preference of prefer?.split(",") ?? []) {
    const [name, value] = (preference.split(";", 1)[0] as string).split("=", 2);
    if (name?.trim().toLowerCase() !== "return") continue;
    const wanted = value?.trim().replace(/^"(.*)"$/, "$1");
    return wanted === "minimal" || wanted === "representation" ? wanted : undefined;
  }
  return undefined;
}
