import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { isPublic } from "../access/access.ts";
import type { ProjectChange } from "./project-event.ts";

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
  project: Pick<Project, "status" | "isPrivate">;
}

/** Writes down what happened. Its place in the feed follows after the commit. One event for each revision of a project. */
export async function appendEvent(tx: TransactionSql, happened: Happened): Promise<void> {
  const { projectId, revision, kind, actor, now, project, fields = [], isAccessChanged = false } = happened;
  await tx`
    insert into project_events (project_id, revision, kind, actor, event_time, fields, access_changed, was_public)
    values (${projectId}, ${revision}, ${kind}, ${actor}, ${now}, ${fields}, ${isAccessChanged},
      ${isPublic(project)})`;
}
