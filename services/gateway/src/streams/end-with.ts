/** A signal that aborts with any of others. It lets go of them in the end: one of them lives as long as the process. */
export function endWith(others: readonly AbortSignal[]): { signal: AbortSignal; now: () => void } {
  const controller = new AbortController();
  const now = () => {
    for (const it of others) it.removeEventListener("abort", now);
    controller.abort();
  };
  for (const it of others) it.addEventListener("abort", now);
  if (others.some((it) => it.aborted)) now();
  return { signal: controller.signal, now };
}
