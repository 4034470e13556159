import type { DescMessage } from "@bufbuild/protobuf";
import type { Sql } from "@tessera/postgres/pool.ts";
import { type RequestKey, recall } from "@tessera/postgres/requests.ts";
import { projectStore } from "./project-store.ts";
import { type Command, runCommand } from "./run-command.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of the project service, by noun. */
export function openStore(sql: Sql) {
  return {
    recall: (key: RequestKey) => recall(sql, key),
    /** Runs a command in one transaction. */
    command: <I extends DescMessage, O extends DescMessage, A = undefined>(command: Command<I, O, A>) =>
      runCommand(sql, command),
    projects: projectStore(sql),
  };
}
