import type { TFunction } from 'i18next';
import type { Store } from '../api/types';

/** Whose statement it is: the store, and the account where an app has several. */
export function statementOwner(
  t: TFunction,
  { channel, account }: { channel: string; account?: string | null },
): string {
  const store = t(`stores.${channel as Store}`, { defaultValue: channel });
  return account ? `${store} · ${account}` : store;
}
