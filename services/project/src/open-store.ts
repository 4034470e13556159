import type { DescMessage } from "@bufbuild/protobuf";
import type { Answer, Attempt } from "@tessera/postgres/command.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type RequestKey, recall } from "@tessera/postgres/requests.ts";
import { type Command, runCommand, type Writing, writeOnce } from "@tessera/postgres/run-command.ts";
import { replayIfDone, writeOnce as writeInOne } from "@tessera/postgres/write-once.ts";
import { accessStore } from "./access/store.ts";
import { areaUploadStore } from "./areas/store.ts";
import { eventStore } from "./events/store.ts";
import { importStore } from "./exchange/store.ts";
import { favouriteStore } from "./favourites/store.ts";
import { licenceStore } from "./licences/store.ts";
import { progressStore } from "./progress/store.ts";
import { projectStore } from "./projects/store.ts";
import { referenceStore } from "./reference-store.ts";
import { searchStore } from "./search/store.ts";

export type Store = ReturnType<typeof openStore>;

/** All SQL of the project service, by noun. `failed` is told what keeps the feed from going on. */
export function openStore(sql: Sql, failed: (error: unknown) => void) {
  const events = eventStore(sql, failed);
  return {
    recall: (key: RequestKey) => recall(sql, key),
    /** Ends a command here if its request took effect before. */
    replayIfDone: <O extends DescMessage>(attempt: Attempt<O>) => replayIfDone(sql, attempt),
    /** Writes a command in one transaction; undefined, with nothing written, if a twin was quicker. */
    write: <O extends DescMessage>(
      attempt: Attempt<O>,
      work: (tx: TransactionSql, now: Date) => Promise<Answer<O>>,
    ) => writeInOne(sql, attempt, work).finally(events.poke),
    /** Runs a command in one transaction. */
    command: <I extends DescMessage, O extends DescMessage, A = undefined>(command: Command<I, O, A>) =>
      runCommand(sql, command).finally(events.poke),
    /** Writes what a command decided on, unless somebody else was quicker. */
    writeOnce: <O extends DescMessage>(writing: Writing<O>) => writeOnce(sql, writing).finally(events.poke),
    events,
    progress: progressStore(sql),
    references: referenceStore(sql),
    projects: projectStore(sql),
    access: accessStore(sql),
    imports: importStore(sql),
    licences: licenceStore(sql),
    favourites: favouriteStore(sql),
    areaUploads: areaUploadStore(sql),
    search: searchStore(sql),
  };
}
