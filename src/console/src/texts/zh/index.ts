import type { Texts } from '../en';
import { administration } from './administration';
import { general } from './general';
import { orders } from './orders';

/** Every text of the console in Simplified Chinese. */
export const zh: Texts = { ...general, ...orders, ...administration };
