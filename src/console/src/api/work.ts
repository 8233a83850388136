import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';

export const workQuery = queryOptions({
  queryKey: ['work'],
  queryFn: () => read(api.GET('/api/v1/work')),
});
