import type { DescMessage } from "@bufbuild/protobuf";
import type { Answer, Attempt } from "@tessera/postgres/command.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { type Reading, readPrimary } from "@tessera/postgres/read-replica.ts";
import { replayIfDone, writeOnce } from "@tessera/postgres/write-once.ts";
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
import { tileStore } from "./tiles/tile-store.ts";

export type Store = ReturnType<typeof openStore>;

/**
 * All SQL of the project service, by noun. `failed` is called with each error that stops the feed; `searching` is where
 * search reads.
 */
export function openStore(sql: Sql, failed: (error: unknown) => void, searching: Reading = readPrimary(sql)) {
  const events = eventStore(sql, failed);
  return {
    /** Ends a command here if its request took effect before. */
    replayIfDone: <O extends DescMessage>(attempt: Attempt<O>) => replayIfDone(sql, attempt),
    /** Writes a command in one transaction; undefined, with nothing written, if a twin was quicker. */
    write: <O extends DescMessage>(
      attempt: Attempt<O>,
      work: (tx: TransactionSql, now: Date) => Promise<Answer<O>>,
    ) => writeOnce(sql, attempt, work).finally(events.poke),
    events,
    progress: progressStore(sql),
    references: referenceStore(sql),
    projects: projectStore(sql),
    access: accessStore(sql),
    imports: importStore(sql),
    licences: licenceStore(sql),
    favourites: favouriteStore(sql),
    areaUploads: areaUploadStore(sql),
    search: searchStore(searching),
    tiles: tileStore(searching),
  };
}
