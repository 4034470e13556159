/**
 * Whether the tables are distributed by project over several servers. What concerns several projects is then done by a
 * statement for each, which goes to that project's server alone.
 */
export interface Grouping {
  byProject?: boolean;
}

/**
 * Runs a statement for all `keys` at once, without a project, or, where tables are distributed, one for each project. Returns the
 * rows of all, in no order.
 */
export async function eachProject<Key extends { projectId: number }, Row>(
  keys: readonly Key[],
  { byProject = false }: Grouping,
  run: (keys: readonly Key[], projectId?: number) => Promise<readonly Row[]>,
): Promise<Row[]> {
  if (!byProject) return [...(await run(keys))];
  const groups = Map.groupBy(keys, ({ projectId }) => projectId);
  return (await Promise.all([...groups].map(([projectId, group]) => run(group, projectId)))).flat();
}
