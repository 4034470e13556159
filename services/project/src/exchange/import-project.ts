import type { HandlerContext } from "@connectrpc/connect";
import {
  ExchangeService,
  type ImportProjectRequest,
} from "@tessera/contracts/tessera/project/v1/exchange_service_pb.ts";
import { ProjectEventKind } from "@tessera/contracts/tessera/project/v1/project_event_pb.ts";
import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { command, Overtaken } from "@tessera/postgres/command.ts";
import type { TransactionSql } from "@tessera/postgres/pool.ts";
import { callerOf } from "@tessera/rpc/caller.ts";
import { isManager, isVisible, mayCreate } from "../access/access.ts";
import type { Deps } from "../deps.ts";
import { projectChange } from "../events/project-event.ts";
import { appendEvent } from "../events/store.ts";
import { checkPriorityAreas } from "../projects/check-priority-areas.ts";
import { insertProject, keepLicence, updateProjectRow } from "../projects/store.ts";
import { creationNotPermitted, notManager } from "../refusals.ts";
import { findNamed } from "./find-named.ts";
import { type Imported, importChange, namedIn, newImport } from "./import.ts";
import { type ImportedDocument, readProfile } from "./imported-document.ts";
import { mergeImport } from "./merge-import.ts";
import { documentInvalid } from "./refusals.ts";
import { lockAsRead, type Origin, setAreaOf, setOrigin } from "./store.ts";
import { surveyDocument } from "./survey-document.ts";
import { readTaskingManagerProject } from "./tasking-manager.ts";

/** Implements tessera.project.v1.ExchangeService.ImportProject. */
export const importProject = (deps: Deps) => {
  const { store, names, areaLimits } = deps;
  return command(ExchangeService.method.importProject, async (request, attempt) => {
    const { context, caller } = attempt;
    const document = await attempt.once(async () => readDocument(request.document));
    // Before the replay: if a copy of this request makes the project in between, it is found among the remembered.
    const existing = await store.imports.find(request);
    await store.replayIfDone(attempt);
    const found = await attempt.once(() => findNamed(names, document, context));
    const named = namedIn(document, found, await store.imports.licence(document.licenceName));
    await mustMayImport(deps, existing, named.organisationId, context);
    const work = { signal: context.signal, caller: caller.userId };
    const surveyed = await attempt.once(() => surveyDocument(document, areaLimits, work));
    if (existing?.priorityAreas && !("priorityAreas" in surveyed.stated)) {
      // In each try: another revision may have other priority areas.
      await checkPriorityAreas(existing.priorityAreas, document.area, areaLimits, work);
    }
    const imported = mergeImport(document, named, surveyed, existing);
    return store.write(attempt, async (tx, now) => {
      if (!(await keepLicence(tx, named.licenceId))) throw new Overtaken();
      const writing = { tx, now, actor: caller.userId, imported };
      const { projectId, revision } = await (existing ? update(writing, existing) : insert(writing, request));
      const response = { created: existing === undefined, skipped: imported.skipped };
      return { name: `projects/${projectId}`, revision, response };
    });
  });
};

/** Refuses DOCUMENT_INVALID and FIELD_INVALID. */
function readDocument(document: ImportProjectRequest["document"]): ImportedDocument {
  switch (document.case) {
    case "profile":
      return readProfile(document.value);
    case "taskingManagerProject":
      return readTaskingManagerProject(document.value);
    case undefined:
      throw documentInvalid("", "is missing");
  }
}

/**
 * Refuses CREATION_NOT_PERMITTED to callers who may not make the project, and to those from whom the existing one is hidden;
 * NOT_MANAGER to those who see it and may not change it.
 */
async function mustMayImport(
  { store, viewers }: Deps,
  existing: Project | undefined,
  organisationId: number,
  context: HandlerContext,
): Promise<void> {
  const viewer = await viewers.of(context);
  if (existing === undefined) {
    if (!mayCreate(viewer, organisationId)) throw creationNotPermitted();
    return;
  }
  const { projectId } = existing;
  const [ruled] = await store.access.of([{ projectId, userId: callerOf(context).userId }]);
  if (ruled !== undefined && isManager(ruled.project, viewer)) return;
  throw ruled && isVisible(ruled.project, viewer) ? notManager(projectId) : creationNotPermitted();
}

/** What the transaction of an import works with. */
interface Writing {
  tx: TransactionSql;
  now: Date;
  actor: bigint;
  imported: Imported;
}

/** Makes a new project of the document. */
async function insert({ tx, now, actor, imported }: Writing, origin: Origin) {
  const { area, survey } = imported;
  const settings = newImport(imported);
  const projectId = await insertProject(tx, { settings, area, survey, authorUserId: actor }, now);
  if (!(await setOrigin(tx, projectId, origin))) throw new Overtaken();
  const kind = ProjectEventKind.IMPORTED;
  await appendEvent(tx, { kind, projectId, revision: 1n, actor, now, project: settings });
  return { projectId, revision: 1n };
}

/** Changes the project that was made of the document before. Its revision stays if nothing differs. */
async function update({ tx, now, actor, imported }: Writing, existing: Project) {
  const { projectId } = existing;
  if (!(await lockAsRead(tx, existing))) throw new Overtaken();
  const { area, survey } = imported;
  const patch = importChange(imported);
  const { fields, accessChanged } = projectChange(existing, { ...patch, area });
  if (fields.length === 0) return existing;
  const revision = await updateProjectRow(tx, projectId, existing.revision, patch, now);
  if (revision === undefined) throw new Overtaken();
  const isAreaChanged = fields.includes("area");
  if (isAreaChanged) await setAreaOf(tx, projectId, { area, survey });
  const kind = isAreaChanged ? ProjectEventKind.AREA_CHANGED : ProjectEventKind.IMPORTED;
  const project = { ...existing, ...patch };
  await appendEvent(tx, { kind, projectId, revision, fields, accessChanged, actor, now, project });
  return { projectId, revision };
}
