import type { Project } from "@tessera/contracts/tessera/project/v1/project_pb.ts";
import { newlyClosed, type TeamWork } from "../projects/project.ts";
import { type Imported, importChange } from "./import.ts";
import type { ImportedDocument, StatedSettings } from "./imported-document.ts";

type Change = Pick<Imported, "stated" | "names" | "skipped">;

/**
 * Leaves out of what a document changes whatever would close the work in a published project to all but its managers: a
 * permission for teams, of which none here has the role; or teams, where the permission is not the document's.
 */
export function keepOpen(
  existing: Project | undefined,
  change: Pick<Change, "stated" | "names">,
  { pathOf }: Pick<ImportedDocument, "pathOf">,
): Change {
  const closed = closedBy(existing, change);
  if (closed.length === 0) return { ...change, skipped: [] };
  const open = withoutPermissions(change, closed, pathOf);
  if (closedBy(existing, open).length === 0) return open;
  const without = { stated: change.stated, names: { ...change.names, teams: [] } };
  const description = "would leave no team that may do the work";
  const { skipped, ...rest } = withoutPermissions(without, closedBy(existing, without), pathOf);
  return { ...rest, skipped: [...skipped, { field: "teams", description }] };
}

function closedBy(existing: Project | undefined, change: Pick<Change, "stated" | "names">): TeamWork[] {
  return existing ? newlyClosed(existing, { ...existing, ...importChange(change) }) : [];
}

function withoutPermissions(
  { stated, names }: Pick<Change, "stated" | "names">,
  closed: readonly TeamWork[],
  pathOf: (setting: keyof StatedSettings) => string,
): Change {
  const left: Partial<StatedSettings> = { ...stated };
  const skipped = closed.flatMap(({ permission }) => {
    if (left[permission] === undefined) return [];
    delete left[permission];
    return [{ field: pathOf(permission), description: "is for teams, but no team here has the role" }];
  });
  return { stated: left, names, skipped };
}
