import { zh } from '.';
import { alerts } from './alerts';
import { apps } from './apps';
import { ledger } from './ledger';

/** Every text of the console in Simplified Chinese, for tests. */
export const all = { ...zh, ...alerts, ...apps, ...ledger };
