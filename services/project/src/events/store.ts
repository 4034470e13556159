import { create } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type ProjectEvent,
  type ProjectEventKind,
  ProjectEventSchema,
} from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { feed, type Positioned, type ReadFeed } from "@tessera/feeds/feed.ts";
import { pokeFeed, readFeedSigns } from "@tessera/feeds/feed-signs.ts";
import { pulse } from "@tessera/feeds/pulse.ts";
import { sequencer } from "@tessera/feeds/sequencer.ts";
import type { Sql, TransactionSql } from "@tessera/postgres/pool.ts";
import { isPublic } from "../access/access.ts";
import { type Asking, managedBy, visibleTo } from "../access/store.ts";
import type { ProjectChange } from "./project-event.ts";

/** The table of events, and the name of its feed. */
const PROJECT_EVENTS = "project_events";

/** A row of project_events. */
export interface EventRow extends Positioned {
  revision: bigint;
  kind: ProjectEventKind;
  actor: bigint;
  event_time: Date;
  fields: string[];
  access_changed: boolean;
  was_public: boolean;
}

/** What somebody may see of a project. */
export interface Seen {
  visible: boolean;
  managed: boolean;
}

/** What is read of events; they get their positions until it is stopped. */
export function eventStore(sql: Sql, failed: (error: unknown) => void) {
  const following = feed(sql, PROJECT_EVENTS, readProjectFeed(sql), failed);
  const stamps = sequencer(sql, PROJECT_EVENTS, { stamped: following.poke, failed });
  const signs = pulse(() => readFeedSigns(sql, PROJECT_EVENTS), failed);
  signs.on((found) => pokeFeed(found, { events: following, stamps }));
  return {
    /** Resolves while the database answers. */
    ready: signs.ready,
    head: following.head,
    wholeHead: following.wholeHead,
    watch: following.watch,
    /** Says that something may have been written. */
    poke: stamps.poke,
    /** The history of one project after a revision, oldest first. */
    async list(projectId: number, after: bigint, limit: number): Promise<ProjectEvent[]> {
      const rows = await sql<EventRow[]>`
        select * from project_events where project_id = ${projectId} and revision > ${after}
        order by revision limit ${limit}`;
      return rows.map(eventOf);
    },
    /** What somebody may see of a project; undefined where there is none. */
    async seenBy(asking: Asking, projectId: number): Promise<Seen | undefined> {
      const [row] = await sql<Seen[]>`
        select ${visibleTo(sql, asking)} as visible, ${managedBy(sql, asking)} as managed
        from projects where project_id = ${projectId}`;
      return row;
    },
    endStreams: () => void following.stop(),
    stop: () => Promise.all([signs.stop(), stamps.stop(), following.stop()]),
  };
}

export function eventOf(row: EventRow): ProjectEvent {
  return create(ProjectEventSchema, {
    projectId: row.project_id,
    revision: row.revision,
    kind: row.kind,
    ...(row.actor !== 0n && { actorUserId: row.actor }),
    eventTime: timestampFromDate(row.event_time),
    fields: row.fields,
    accessChanged: row.access_changed,
  });
}

function readProjectFeed(sql: Sql): ReadFeed<EventRow> {
  return ({ after, upTo, projectId, limit }) => sql<EventRow[]>`
    select * from project_events
    where position > ${after} ${upTo === undefined ? sql`` : sql`and position <= ${upTo}`}
      ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    order by position limit ${limit}`;
}

/** What happened to a project, as it is written down in the same transaction. */
export interface Happened extends Partial<ProjectChange> {
  kind: ProjectChange["kind"];
  projectId: number;
  /** The project's, after what happened. */
  revision: bigint;
  /** 0n for what the service does by itself. */
  actor: bigint;
  /** The moment of the command. */
  now: Date;
  /** The project after what happened; where it was deleted, before. */
  project: Pick<Project, "status" | "private">;
}

/** Writes down what happened. Its position in the feed follows after the commit. One event for each revision of a project. */
export async function appendEvent(tx: TransactionSql, happened: Happened): Promise<void> {
  const { projectId, revision, kind, actor, now, project, fields = [], accessChanged = false } = happened;
  await tx`
    insert into project_events (project_id, revision, kind, actor, event_time, fields, access_changed, was_public)
    values (${projectId}, ${revision}, ${kind}, ${actor}, ${now}, ${fields}, ${accessChanged},
      ${isPublic(project)})`;
}
