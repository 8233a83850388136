import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: () => read(api.GET('/api/v1/search', { params: { query: { q } } })),
    enabled: q !== '',
  });
