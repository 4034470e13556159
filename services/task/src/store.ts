import { feed } from "@tessera/feeds/feed.ts";
import { pokeFeed, readFeedSigns } from "@tessera/feeds/feed-signs.ts";
import { pulse } from "@tessera/feeds/pulse.ts";
import { sequencer } from "@tessera/feeds/sequencer.ts";
import type { Sql } from "@tessera/postgres/pool.ts";
import { replayIfDone } from "@tessera/postgres/write-once.ts";
import { listContributors } from "./contributions/contributors-store.ts";
import { listContributions } from "./contributions/store.ts";
import {
  createdAfter,
  listLatestTaskEvents,
  listTaskEvents,
  positionAt,
  readTaskFeed,
  TASK_EVENTS,
  taskExists,
} from "./events/store.ts";
import { KEPT_LISTS_BYTES, keptLists } from "./lists/kept-lists.ts";
import { listTasks } from "./lists/listed-store.ts";
import { getTaskResponse } from "./lists/single-store.ts";
import { tasksVersion } from "./lists/version-store.ts";
import { expireLocks, lapsedSlots } from "./locks/expiry-store.ts";
import { heldLocks } from "./locks/holder-store.ts";
import { offerTasks } from "./locks/offer-store.ts";
import { listHeldLocks, listLocks } from "./locks/store.ts";
import { validationQueue } from "./locks/validation-queue-store.ts";
import { changeBatch } from "./operations/batch-store.ts";
import { fillTasks, readCover } from "./operations/fill-store.ts";
import { nextAreas, sizeOf } from "./operations/part-store.ts";
import { countTasks, createTasks } from "./operations/set-store.ts";
import * as operations from "./operations/store.ts";
import { countByState } from "./progress/store.ts";
import { reconcileBatch } from "./reconciling/batch-store.ts";
import { areaFeed } from "./reconciling/store.ts";
import { readSigns } from "./sign-store.ts";
import { listOwnSubmissions, listSentBack } from "./statistics/own-work-store.ts";
import { pastStates } from "./statistics/past-progress-store.ts";
import { rollUp } from "./statistics/roll-up-store.ts";
import { listStatistics, projectsWithWork } from "./statistics/statistics-store.ts";
import { disagreements } from "./submissions/disagreement-store.ts";
import { sampledTasks } from "./submissions/sample-store.ts";
import { getSubmission, listSubmissions } from "./submissions/store.ts";
import { deleteComment, getComment, listComments } from "./talk/comment-store.ts";
import { spendRate } from "./talk/rate-store.ts";
import { getReport, listReports, reportsBySource } from "./talk/report-store.ts";
import type { Grouping } from "./tasks/each-project.ts";
import { readKnown, readTasks } from "./tasks/read-store.ts";
import { splitTask } from "./tasks/split-store.ts";
import { getTask, listAssigned, listSubtasks, tasksAround } from "./tasks/store.ts";
import { writeChanges, writeCommand } from "./tasks/write-store.ts";
import { tileStore } from "./tiles/tile-store.ts";

/** Within how many milliseconds loops begin what they have to do. */
const SIGNS_MS = 1_000;

export type Store = ReturnType<typeof openStore>;

/** How a store writes, and what it keeps. */
export interface StoreOptions extends Grouping {
  /** How large the lists that are kept may be together. */
  keptListsBytes?: number;
}

/** All SQL of this service, over one pool. */
export function openStore(sql: Sql, failed: (error: unknown) => void, options: StoreOptions = {}) {
  const { keptListsBytes = KEPT_LISTS_BYTES, ...grouping } = options;
  const { stamps, ...following } = openFeed(sql, failed, grouping);
  const write = writeChanges(sql, stamps.poke, grouping);
  const expire = expireLocks(sql, write, grouping);
  return {
    ...readKnown(sql, expire, grouping),
    write: writeCommand(write),
    readTasks: bind(readTasks),
    offerTasks: offerTasks(sql, grouping),
    splitTask: notifying(splitTask),
    deleteComment: notifying(deleteComment),
    createTasks: notifying(createTasks),
    fillTasks: notifying(fillTasks),
    changeBatch: notifying(changeBatch),
    reconcileBatch: notifying(reconcileBatch),
    expireLocks: expire,
    lapsedSlots: () => lapsedSlots(sql),
    ...heldLocks(sql, write),
    /** Ends a command if its request took effect before. */
    replayIfDone: bind(replayIfDone),
    spendRate: bind(spendRate),
    countTasks: bind(countTasks),
    readCover: bind(readCover),
    sizeOf: bind(sizeOf),
    nextAreas: bind(nextAreas),
    getTask: getTask(sql, grouping),
    getTaskResponse: getTaskResponse(sql, grouping),
    listTasks: bind(listTasks),
    tasksVersion: tasksVersion(sql, grouping),
    lists: keptLists(keptListsBytes),
    tiles: tileStore(sql),
    listSubtasks: bind(listSubtasks),
    listAssigned: bind(listAssigned),
    tasksAround: bind(tasksAround),
    taskExists: bind(taskExists),
    getSubmission: bind(getSubmission),
    listSubmissions: bind(listSubmissions),
    sampledTasks: bind(sampledTasks),
    disagreements: bind(disagreements),
    getComment: bind(getComment),
    listComments: bind(listComments),
    getReport: bind(getReport),
    listReports: bind(listReports),
    reportsBySource: bind(reportsBySource),
    listLocks: bind(listLocks),
    validationQueue: bind(validationQueue),
    listHeldLocks: bind(listHeldLocks),
    listContributors: listContributors(sql, grouping),
    listContributions: bind(listContributions),
    listTaskEvents: bind(listTaskEvents),
    listLatestTaskEvents: bind(listLatestTaskEvents),
    positionAt: bind(positionAt),
    createdAfter: bind(createdAfter),
    countByState: countByState(sql, grouping),
    ...openOperations(bind),
    ...openStatistics(bind),
    areaFeed: areaFeed(sql),
    ...following,
  };

  function bind<Args extends unknown[], Result>(query: Query<Args, Result>) {
    return (...args: Args) => query(sql, ...args);
  }
  /** Its writes are published to the followers. */
  function notifying<Args extends unknown[], Result>(query: (sql: Sql, ...args: Args) => Promise<Result>) {
    return (...args: Args) => query(sql, ...args).finally(stamps.poke);
  }
}

/** A function of a store, and what makes it one of this pool. */
type Query<Args extends unknown[], Result> = (sql: Sql, ...args: Args) => Result;
type Bind = <Args extends unknown[], Result>(query: Query<Args, Result>) => (...args: Args) => Result;

/** The operations. */
function openOperations(bind: Bind) {
  return {
    startOperation: bind(operations.startOperation),
    getOperation: bind(operations.getOperation),
    getOperations: bind(operations.getOperations),
    listOperations: bind(operations.listOperations),
    cancelOperation: bind(operations.cancelOperation),
    takeOperation: bind(operations.takeOperation),
    advance: bind(operations.advance),
    isCancelled: bind(operations.isCancelled),
    holdOperation: bind(operations.holdOperation),
    leaveOperation: bind(operations.leaveOperation),
  };
}

/** The statistics. */
function openStatistics(bind: Bind) {
  return {
    rollUp: bind(rollUp),
    listStatistics: bind(listStatistics),
    projectsWithWork: bind(projectsWithWork),
    pastStates: bind(pastStates),
    listSentBack: bind(listSentBack),
    listOwnSubmissions: bind(listOwnSubmissions),
  };
}

/** The feed of events, and the pulse of all loops. */
function openFeed(sql: Sql, failed: (error: unknown) => void, grouping: Grouping) {
  const events = feed(sql, TASK_EVENTS, readTaskFeed(sql, grouping), failed, grouping);
  const stamps = sequencer(sql, TASK_EVENTS, { stamped: events.poke, failed }, grouping);
  const ofFeed = pulse(() => readFeedSigns(sql, TASK_EVENTS, grouping), failed);
  ofFeed.on((found) => pokeFeed(found, { events, stamps }));
  const signs = pulse(() => readSigns(sql, grouping), failed, SIGNS_MS);
  return {
    events,
    stamps,
    /** Calls `look` with the last position of the feed, again and again. */
    onHead: (look: (head: bigint) => void) => ofFeed.on(({ head }) => look(head)),
    /** Says what the loops of this process have to do. */
    signs,
    /** Resolves while the database answers. */
    ready: ofFeed.ready,
    endStreams: () => void events.stop(),
    stop: () => Promise.all([ofFeed.stop(), signs.stop(), stamps.stop(), events.stop()]),
  };
}
