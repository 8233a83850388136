import { administration } from './administration';
import { general } from './general';
import { orders } from './orders';

/** Every text of the console in English; zh has the same keys. */
export const en = { ...general, ...orders, ...administration };

export type Texts = typeof en;
