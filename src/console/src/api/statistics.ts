import { queryOptions } from '@tanstack/react-query';
import { api, read } from './client';

export const STEPS = ['hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

export const GROUPS = ['game', 'channel', 'currency', 'product'] as const;
export type Group = (typeof GROUPS)[number];

interface StatisticsOf {
  from: string;
  to: string;
  step: Step;
  by: Group;
}

/** How often figures that are looked at are read again. */
export const FIGURES_MS = 60_000;

export const statisticsQuery = (of: StatisticsOf) =>
  queryOptions({
    queryKey: ['statistics', of],
    queryFn: () => read(api.GET('/api/v1/statistics', { params: { query: of } })),
  });
