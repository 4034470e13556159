const MOST = 100;

/** How many rows an address asks for; `usual` where it asks for none, for no number, or for more than a page shows. */
export function pageSizeOf(query: URLSearchParams, usual: number): number {
  const size = Number(query.get("page_size") ?? usual);
  return Number.isInteger(size) && size > 0 && size <= MOST ? size : usual;
}
