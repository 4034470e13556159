import { decodeJwt } from "jose";

/** The path that a ticket says it is for, which nothing has proved yet; undefined for what is no ticket. */
export function ticketPath(token: string): string | undefined {
  try {
    const { path } = decodeJwt(token);
    return typeof path === "string" ? path : undefined;
  } catch {
    return undefined;
  }
}
