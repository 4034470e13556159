import { InvalidArgumentError } from "commander";

/** Reads a whole number of at least `least`. */
export function wholeNumber(least: number, most = 2 ** 31 - 1) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^[0-9]{1,10}$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Reads the number of a project: 7, or its name: projects/7. */
export function projectId(text: string): number {
  return wholeNumber(1)(text.replace(/^(?:\/?v1\/)?projects\//, ""));
}
