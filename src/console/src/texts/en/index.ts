import { administration } from './administration';
import type { alerts } from './alerts';
import type { apps } from './apps';
import { general } from './general';
import type { ledger } from './ledger';
import { orders } from './orders';
import { work } from './work';

/** The texts that every page needs, in English; zh has the same keys. */
export const en = { ...general, ...orders, ...administration, ...work };

/** All texts, those of pages that few people open included. */
export type Texts = typeof en & typeof alerts & typeof apps & typeof ledger;
