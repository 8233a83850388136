import { queryOptions } from '@tanstack/react-query';
import type { Alert, AlertConditions, AlertFilters, AlertSink, AlertThreshold } from './alertTypes';
import { api, read } from './client';
import { faultOfItem } from './faultOfItem';
import { queryClient } from './queryClient';
import type { Page, Schemas } from './types';

export const alertsQuery = (filters: AlertFilters) =>
  queryOptions({
    queryKey: ['alerts', filters],
    queryFn: async () => (await read(api.GET('/api/v1/alerts', { params: { query: filters } }))) as Page<Alert>,
  });

export const acknowledge = (id: string, reason: string) =>
  read(api.POST('/api/v1/alerts/{id}/acknowledge', { params: { path: { id } }, body: { reason } }));

const readSinks = async () => (await read(api.GET('/api/v1/alert-sinks'))) as { items: AlertSink[] };

export const sinksQuery = queryOptions({ queryKey: ['alert-sinks'], queryFn: readSinks });

/** Adds a sink, or puts it in place of the one of this name. The others are those of this moment, not those that the page shows. */
export async function saveSink(sink: AlertSink, before: string | null): Promise<void> {
  const { items } = await readSinks();
  const found = items.findIndex(({ name }) => name === before);
  const index = found < 0 ? items.length : found;
  await writeSinks([...items.slice(0, index), sink, ...items.slice(index + 1)], index);
}

export async function deleteSink(sink: string): Promise<void> {
  const { items } = await readSinks();
  const others = items.filter(({ name }) => name !== sink);
  await writeSinks(others, null);
}

async function writeSinks(items: AlertSink[], changed: number | null): Promise<void> {
  try {
    await read(api.PUT('/api/v1/alert-sinks', { body: { items } }));
  } catch (error) {
    throw faultOfItem(error, 'items', changed);
  }
  await queryClient.invalidateQueries({ queryKey: sinksQuery.queryKey });
}

/** Sends a test message now. */
export const testSink = (name: string): Promise<Schemas['AlertTestJson']> =>
  read(api.POST('/api/v1/alert-sinks/{name}/test', { params: { path: { name } } }));

const readConditions = async () => (await read(api.GET('/api/v1/alert-conditions'))) as AlertConditions;

export const conditionsQuery = queryOptions({
  queryKey: ['alert-conditions'],
  staleTime: 60_000,
  queryFn: readConditions,
});

const isOfSame = (one: AlertThreshold, other: AlertThreshold) =>
  one.condition === other.condition && (one.gameId ?? null) === (other.gameId ?? null);

/** Sets what holds for a condition, for all games or for one, in place of what was set for the same. */
export const saveThreshold = (wanted: AlertThreshold) => writeThresholds(wanted, [wanted]);

export const deleteThreshold = (unwanted: AlertThreshold) => writeThresholds(unwanted, []);

async function writeThresholds(changed: AlertThreshold, instead: AlertThreshold[]): Promise<void> {
  const { thresholds: stored } = await readConditions();
  const others = stored.filter((one) => !isOfSame(one, changed));
  try {
    await read(api.PUT('/api/v1/alert-conditions', { body: { thresholds: [...others, ...instead] } }));
  } catch (error) {
    throw faultOfItem(error, 'thresholds', others.length);
  }
  await queryClient.invalidateQueries({ queryKey: conditionsQuery.queryKey });
}
