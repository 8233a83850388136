import type { TFunction } from 'i18next';
import type { ApiFault } from '../api/fault';
import { waitText } from '../shared/time';

type SaysKey =
  | 'wrongSignIn'
  | 'presentPassword'
  | 'passwordSame'
  | 'passwordLength'
  | 'passwordPlain'
  | 'code'
  | 'nameTaken'
  | 'tokenTaken'
  | 'operatorName'
  | 'gamesBeyond'
  | 'gamesForm'
  | 'game'
  | 'time'
  | 'future'
  | 'money'
  | 'currency'
  | 'paidRefund'
  | 'finalResult'
  | 'unpaidClose'
  | 'notHeld'
  | 'inFlight'
  | 'mustNotTell'
  | 'cannotRefund'
  | 'firstPassword'
  | 'csrf';

/** What the server says in English, and how the console says it in the language that is shown. */
const KNOWN: [RegExp, SaysKey][] = [
  [/^the name, the password or the code is wrong/, 'wrongSignIn'],
  [/^must be the present password/, 'presentPassword'],
  [/^must be another one than before/, 'passwordSame'],
  [/^must be \d+ to \d+ characters without control|^must hold \d+ characters beside/, 'passwordLength'],
  [/^must hold at least 4 different/, 'passwordPlain'],
  [/^must be the six digits/, 'code'],
  [/^there is an operator of this name/, 'nameTaken'],
  [/^there is a token of this name/, 'tokenTaken'],
  [/^must be 1 to \d+ letters, digits and/, 'operatorName'],
  [/^must be games of your own/, 'gamesBeyond'],
  [/^must be null, or 1 to/, 'gamesForm'],
  [/^must be the number or the alias of an app/, 'game'],
  [/^must be an RFC 3339 time to come/, 'future'],
  [/^must be an RFC 3339 time/, 'time'],
  [/as text$/, 'money'],
  [/^the order was paid; refund it instead/, 'paidRefund'],
  [/^the order has its final result/, 'finalResult'],
  [/^the order was not paid; close it instead/, 'unpaidClose'],
  [/^the order is not held for review/, 'notHeld'],
  [/^the callback is being delivered/, 'inFlight'],
  [/^the order was refunded, or is held/, 'mustNotTell'],
  [/is not configured, or cannot give money back/, 'cannotRefund'],
  [/^the first password must be changed/, 'firstPassword'],
  [/^X-CSRF-Token must be/, 'csrf'],
];

/** What is allowed in a field; words that are not known are shown as they are. */
export function fieldText(t: TFunction, field: string, allowed: string): string {
  const characters = /^must be 1 to (\d+) characters$/.exec(allowed);
  if (characters) {
    return t('serverSays.text', { max: characters[1] });
  }
  if (field === 'currency') {
    return t('serverSays.currency');
  }
  const known = KNOWN.find(([form]) => form.test(allowed));
  return known ? t(`serverSays.${known[1]}`) : t('faults.said', { words: allowed });
}

/** A fault in plain words, and the server's own where the console has none for it. */
export function faultText(t: TFunction, fault: ApiFault): string {
  const known = KNOWN.find(([form]) => form.test(fault.title));
  if (known) {
    return t(`serverSays.${known[1]}`);
  }
  const text = generalText(t, fault);
  const details = [
    fault.status >= 400 && fault.status < 500 && fault.title ? t('faults.said', { words: fault.title }) : '',
    fault.traceId ? t('faults.trace', { id: fault.traceId }) : '',
  ];
  return fault.status === 401 || fault.status === 404 || fault.status === 429
    ? text
    : [text, ...details].filter(Boolean).join(' ');
}

function generalText(t: TFunction, fault: ApiFault): string {
  switch (fault.status) {
    case 0:
      return t('faults.network');
    case 401:
      return t('faults.notSignedIn');
    case 403:
      return t('faults.forbidden');
    case 404:
      return t('faults.notFound');
    case 409:
      return t('faults.conflict');
    case 429:
      return fault.retryAfterSeconds === null
        ? t('faults.tooManyUnknown')
        : t('faults.tooMany', { wait: waitText(t, fault.retryAfterSeconds * 1000) });
    case 502:
    case 503:
    case 504:
      return t('faults.busy');
    default:
      return fault.status >= 500 ? t('faults.server') : t('faults.invalid');
  }
}
