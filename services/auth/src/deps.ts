import type { KeyObject } from "node:crypto";
import type { Feed } from "@tessera/postgres/feed.ts";
import type { SigningKeys } from "./key-ring.ts";
import type { Lifetimes } from "./session.ts";
import type { Store } from "./store/open-store.ts";
import type { EventRow } from "./store/event-row.ts";

/** What the handlers work with; made once, in start.ts. */
export interface Deps {
  store: Store;
  keys: SigningKeys;
  tokenIssuer: string;
  lifetimes: Lifetimes;
  /** What secrets are derived from that are made again when they are asked for again: refresh tokens and the like. */
  tokenKey: KeyObject;
  developmentSignIn: boolean;
  /** Which services confirm that they have deleted what they kept about a user. */
  deletionServices: readonly string[];
  /** What happened, for those who follow it. */
  eventFeed: Feed<EventRow>;
  /** Aborts when this process is to end: streams end then, and their readers resume. */
  stopping: AbortSignal;
  /** How old a stream may become, in milliseconds. */
  streamMaxMs: number;
  /** Makes an id that nobody guesses and nobody else has: a UUID. */
  newId: () => string;
}
