import { createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { Admitted } from "./work-queue.ts";

/** The place of a call among those that work; undefined for what was not let in by a guard. */
export const admittedKey = createContextKey<Admitted | undefined>(undefined, { description: "admitted" });

/** Waits for another service on behalf of a call, whose place others have meanwhile. */
export function away<T>({ values }: Pick<HandlerContext, "values">, waiting: Promise<T>): Promise<T> {
  return values.get(admittedKey)?.away(waiting) ?? waiting;
}
