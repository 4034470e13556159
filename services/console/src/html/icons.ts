import { trusted } from "./html.ts";

/** The pictures of the console, drawn on a field of 24 by 24. */
const PATHS = {
  tessera: "M3 3h8v8H3zM13 3h8v8h-8zM3 13h8v8H3zM13 13l8 8M13 13h8v8h-8z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c1-5 4-7 8-7s7 2 8 7",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  check: "M4 13l5 5L20 6",
  clock: "M12 3a9 9 0 1 0 .01 0M12 7v5l4 2",
  star: "M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3L12 17.4l-5.6 3 1.1-6.3L3 9.7l6.2-.9z",
  flag: "M5 21V4M5 4h13l-3 4 3 4H5",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text: it says nothing to a screen reader. */
export function icon(name: IconName) {
  return trusted(
    `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${PATHS[name]}"/></svg>`,
  );
}
