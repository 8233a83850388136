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
  | 'heldOrder'
  | 'nothingToSettle'
  | 'inFlight'
  | 'mustNotTell'
  | 'cannotRefund'
  | 'firstPassword'
  | 'missing'
  | 'appTaken'
  | 'aliasTaken'
  | 'secret'
  | 'url'
  | 'networks'
  | 'cardsApp'
  | 'dayOver'
  | 'csrf'
  | 'needsConsent'
  | 'noQuestion'
  | 'prices'
  | 'skuTaken';

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
  [/^must be 1 to \d+ different currencies/, 'prices'],
  [/^belongs to another product/, 'skuTaken'],
  [/as text$/, 'money'],
  [/^the order was paid; refund it instead/, 'paidRefund'],
  [/^the order has its final result/, 'finalResult'],
  [/^the order was not paid; close it instead/, 'unpaidClose'],
  [/^the order is not held for review/, 'notHeld'],
  [/^the order is held for review; decide/, 'heldOrder'],
  [/^the order has no payment that somebody/, 'nothingToSettle'],
  [/^the callback is being delivered/, 'inFlight'],
  [/^the order was refunded, or is held/, 'mustNotTell'],
  [/is not configured, or cannot give money back/, 'cannotRefund'],
  [/^the first password must be changed/, 'firstPassword'],
  [/^\w+ (is missing|must not be empty)$/, 'missing'],
  [/^there is an app of this number/, 'appTaken'],
  [/^belongs to another app/, 'aliasTaken'],
  [/^must be 16 to 256 characters/, 'secret'],
  [/^(\w+ )?must be an (absolute )?http or https/, 'url'],
  [/addresses or networks such as/, 'networks'],
  [/^only apps of the protocol CardRecharge/, 'cardsApp'],
  [/^must be over; days are/, 'dayOver'],
  [/^X-CSRF-Token must be/, 'csrf'],
  [/takes an answer only with customerConsented/, 'needsConsent'],
  [/^no store waits for an answer/, 'noQuestion'],
];

/** What is allowed in a field; words that are not known are shown as they are. */
export function fieldText(t: TFunction, field: string, allowed: string): string {
  const characters = /^must be 1 to (\d+) characters$/.exec(allowed);
  if (characters) {
    return t('serverSays.text', { max: characters[1] });
  }
  const range = /^must be (\d+) to (\d+)( seconds| minutes| \(\w+\))?$/.exec(allowed);
  if (range) {
    return t('serverSays.range', { min: range[1], max: range[2] });
  }
  if (field === 'currency') {
    return t('serverSays.currency');
  }
  const known = KNOWN.find(([form]) => form.test(allowed));
  return known ? t(`serverSays.${known[1]}`) : t('faults.said', { words: allowed });
}

const INSUFFICIENT = /^the points do not suffice: the balance is (.+)$/;

const NOT_TOLD = /^the store could not be told, try again: (.+)$/;

/** A fault in plain words, and the server's own where the console has none for it. */
export function faultText(t: TFunction, fault: ApiFault): string {
  const balance = INSUFFICIENT.exec(fault.title)?.[1];
  if (balance !== undefined) {
    return t('serverSays.insufficient', { balance });
  }
  const reason = NOT_TOLD.exec(fault.title)?.[1];
  if (reason !== undefined) {
    return t('serverSays.storeNotTold', { reason });
  }
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
