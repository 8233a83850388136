import { en } from '.';
import { alerts } from './alerts';
import { apps } from './apps';
import { ledger } from './ledger';

/** Every text of the console in English, for tests. */
export const all = { ...en, ...alerts, ...apps, ...ledger };
