import { useLocation, useSearchParams } from 'react-router';

/** Where the pages before this one began; the first page begins at ''. */
interface ListState {
  before?: string[];
}

export interface Paging {
  first: (() => void) | null;
  previous: (() => void) | null;
  next: ((cursor: string) => void) | null;
}

/** The filters and the page of a list, which are in the address: a link to it shows the same. */
export function useListAddress<K extends string>(names: readonly K[]) {
  const [params, setParams] = useSearchParams();
  const before = (useLocation().state as ListState | null)?.before ?? [];
  const cursor = params.get('cursor') ?? undefined;
  const filters: Partial<Record<K, string>> = {};
  for (const name of names) {
    const value = params.get(name);
    if (value) {
      filters[name] = value;
    }
  }

  function show(values: Partial<Record<K, string | undefined>>, at?: string, state?: ListState): void {
    const given = names.flatMap((name): [string, string][] => {
      const value = values[name]?.trim();
      return value ? [[name, value]] : [];
    });
    setParams(at ? [...given, ['cursor', at]] : given, { state });
  }

  const paging: Paging = {
    first: cursor ? () => show(filters) : null,
    previous:
      cursor && before.length > 0
        ? () => show(filters, before.at(-1) || undefined, { before: before.slice(0, -1) })
        : null,
    next: (at) => show(filters, at, { before: [...before, cursor ?? ''] }),
  };
  return { filters, cursor, paging, apply: (values: Partial<Record<K, string | undefined>>) => show(values) };
}
