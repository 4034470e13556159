import { SingleBar } from "cli-progress";

/** A bar that a person watches. */
export interface Bar {
  show(value: number, total: number, facts: Record<string, string>): void;
  end(): void;
}

/** Draws a bar on the standard error. There is none for scripts, and none where nobody watches. */
export function progressBar(json: boolean, format: string): Bar {
  if (json || !process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const bar = new SingleBar({ format, stream: process.stderr, barsize: 30, hideCursor: true });
  let begun = false;
  return {
    show: (value, total, facts) => {
      if (!begun) bar.start(total, value, facts);
      begun = true;
      bar.setTotal(total);
      bar.update(value, facts);
    },
    end: () => bar.stop(),
  };
}
