/** Where a list is as CSV, with the filters that are given. */
export function csvAddress(list: string, filters: Record<string, string | undefined>): string {
  const given = Object.entries(filters).filter((one): one is [string, string] => Boolean(one[1]));
  return `/api/v1/${list}.csv${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}
