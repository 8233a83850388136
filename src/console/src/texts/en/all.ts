import { en } from '.';
import { apps } from './apps';
import { ledger } from './ledger';

/** Every text of the console in English, for tests. */
export const all = { ...en, ...apps, ...ledger };
