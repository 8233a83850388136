import type { en } from '../en';
import { administration } from './administration';
import { general } from './general';
import { orders } from './orders';
import { work } from './work';

/** The texts that every page needs, in Simplified Chinese. */
export const zh: typeof en = { ...general, ...orders, ...administration, ...work };
