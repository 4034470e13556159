/** The id, or the revision, in a column where 0 stands for none. */
export function idOf<T extends number | bigint>(column: T): T | undefined {
  return column === 0 || column === 0n ? undefined : column;
}
