import type { Sql } from "@tessera/postgres/pool.ts";
import { type RequestKey, recall } from "@tessera/postgres/requests.ts";
import { keyStore } from "./key-store.ts";
import { sessionStore } from "./session-store.ts";
import { userStore } from "./user-store.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of the auth service, by noun. */
export function openStore(sql: Sql) {
  return {
    recall: (key: RequestKey) => recall(sql, key),
    keys: keyStore(sql),
    sessions: sessionStore(sql),
    users: userStore(sql),
  };
}
