const PAGE_SIZE_MAX = 100;

/** How many rows an address asks for; `usual` where it asks for none, for no number, or for more than `most`. */
export function pageSizeOf(query: URLSearchParams, usual: number, most = PAGE_SIZE_MAX): number {
  const size = Number(query.get("page_size") ?? usual);
  return Number.isInteger(size) && size > 0 && size <= most ? size : usual;
}
