import type { Channel, Protocol } from '../../api/types';

/** How a setting is written in the form. `lines` is a list with one text a line, `waits` a list of seconds, `secret` is never shown. */
export type Kind = 'text' | 'long' | 'secret' | 'number' | 'flag' | 'choice' | 'lines' | 'waits';

export interface Field {
  /** Its place in the app's document, as "callback.format". */
  name: string;
  kind: Kind;
  /** The key of its label and its help (src/texts). */
  text: string;
  isRequired?: boolean;
  /** What the server takes where it is left out. */
  byDefault?: string | number | boolean;
  choices?: readonly string[];
  /** The protocols that use it; left out: all. */
  protocols?: readonly Protocol[];
}

export const GENERAL = [
  { name: 'name', kind: 'text', text: 'name', isRequired: true },
  { name: 'alias', kind: 'text', text: 'alias' },
  { name: 'allowedIps', kind: 'lines', text: 'allowedIps' },
  { name: 'timeWindowSeconds', kind: 'number', text: 'timeWindowSeconds', byDefault: 300 },
  { name: 'strictValues', kind: 'flag', text: 'strictValues', byDefault: false, protocols: ['OrderApi', 'H5Sdk'] },
  { name: 'orderIdRandomDigits', kind: 'number', text: 'orderIdRandomDigits' },
] as const satisfies readonly Field[];

export const CALLBACKS = [
  { name: 'callbackUrl', kind: 'text', text: 'callbackUrl', protocols: ['OrderApi', 'OrderCheck'] },
  { name: 'eventsUrl', kind: 'text', text: 'eventsUrl' },
  { name: 'callback.retrySeconds', kind: 'waits', text: 'retrySeconds' },
  { name: 'callback.timeoutSeconds', kind: 'number', text: 'timeoutSeconds', byDefault: 5 },
  { name: 'callback.maxConcurrency', kind: 'number', text: 'maxConcurrency', byDefault: 32 },
  {
    name: 'callback.format',
    kind: 'choice',
    text: 'format',
    byDefault: 'form',
    choices: ['form', 'json'],
    protocols: ['H5Sdk'],
  },
  { name: 'callback.allowedNetworks', kind: 'lines', text: 'allowedNetworks' },
  {
    name: 'cardSignature',
    kind: 'choice',
    text: 'cardSignature',
    byDefault: 'nested',
    choices: ['nested', 'string'],
    protocols: ['CardRecharge'],
  },
] as const satisfies readonly Field[];

export const PAYMENTS = [
  { name: 'checkPrice', kind: 'flag', text: 'checkPrice', byDefault: false },
  { name: 'latePayment', kind: 'choice', text: 'latePayment', byDefault: 'deliver', choices: ['deliver', 'hold'] },
  {
    name: 'priceMismatch',
    kind: 'choice',
    text: 'priceMismatch',
    byDefault: 'refuse',
    choices: ['refuse', 'hold'],
  },
  { name: 'unpaidExpiresMinutes', kind: 'number', text: 'unpaidExpiresMinutes', byDefault: 1440 },
  { name: 'keepPlayerDataDays', kind: 'number', text: 'keepPlayerDataDays' },
  {
    name: 'amountMeans',
    kind: 'choice',
    text: 'amountMeans',
    byDefault: 'money',
    choices: ['money', 'quantity'],
    protocols: ['OrderCheck'],
  },
  { name: 'allowSandbox', kind: 'flag', text: 'allowSandbox', byDefault: false },
  { name: 'testers', kind: 'lines', text: 'testers' },
] as const satisfies readonly Field[];

export const CHANNEL_FIELDS = {
  google: [
    { name: 'packageName', kind: 'text', text: 'packageName', isRequired: true },
    { name: 'publicKey', kind: 'long', text: 'publicKey' },
    { name: 'serviceAccount', kind: 'secret', text: 'serviceAccount' },
    { name: 'pushAudience', kind: 'text', text: 'pushAudience' },
    { name: 'pushEmail', kind: 'text', text: 'pushEmail' },
    { name: 'checkAccount', kind: 'flag', text: 'checkAccount', byDefault: true },
    { name: 'consume', kind: 'flag', text: 'consume', byDefault: true },
    { name: 'acceptConsumed', kind: 'flag', text: 'acceptConsumed', byDefault: false },
    {
      name: 'refundReview',
      kind: 'choice',
      text: 'refundReview',
      byDefault: 'ask',
      choices: ['ask', 'decline', 'approve', 'neutral'],
    },
    { name: 'sampleContentProvided', kind: 'flag', text: 'sampleContentProvided', byDefault: false },
    { name: 'apiBase', kind: 'text', text: 'apiBase', byDefault: 'https://androidpublisher.googleapis.com' },
    { name: 'oidcCerts', kind: 'text', text: 'oidcCerts', byDefault: 'https://www.googleapis.com/oauth2/v3/certs' },
  ],
  apple: [
    { name: 'bundleId', kind: 'text', text: 'bundleId', isRequired: true },
    {
      name: 'environment',
      kind: 'choice',
      text: 'environment',
      byDefault: 'Production',
      choices: ['Production', 'Sandbox', 'Xcode'],
    },
    { name: 'issuerId', kind: 'text', text: 'issuerId' },
    { name: 'keyId', kind: 'text', text: 'keyId' },
    { name: 'privateKey', kind: 'secret', text: 'applePrivateKey' },
    { name: 'checkAccount', kind: 'flag', text: 'appleCheckAccount', byDefault: true },
    { name: 'checkOnline', kind: 'flag', text: 'checkOnline', byDefault: false },
    { name: 'sharedSecret', kind: 'secret', text: 'sharedSecret' },
    { name: 'consumption.customerConsented', kind: 'flag', text: 'customerConsented', byDefault: false },
    { name: 'consumption.sampleContentProvided', kind: 'flag', text: 'sampleContentProvided', byDefault: false },
    {
      name: 'consumption.refundPreference',
      kind: 'choice',
      text: 'refundPreference',
      choices: ['DECLINE', 'GRANT_FULL', 'GRANT_PRORATED'],
    },
    { name: 'refundReview', kind: 'choice', text: 'appleRefundReview', byDefault: 'none', choices: ['none', 'ask'] },
    { name: 'rootCertificates', kind: 'lines', text: 'rootCertificates' },
    { name: 'apiBase', kind: 'text', text: 'apiBase', byDefault: 'https://api.storekit.apple.com' },
    {
      name: 'sandboxApiBase',
      kind: 'text',
      text: 'sandboxApiBase',
      byDefault: 'https://api.storekit-sandbox.apple.com',
    },
    {
      name: 'verifyReceiptUrl',
      kind: 'text',
      text: 'verifyReceiptUrl',
      byDefault: 'https://buy.itunes.apple.com/verifyReceipt',
    },
    {
      name: 'sandboxVerifyReceiptUrl',
      kind: 'text',
      text: 'sandboxVerifyReceiptUrl',
      byDefault: 'https://sandbox.itunes.apple.com/verifyReceipt',
    },
  ],
  alipay: [
    { name: 'appId', kind: 'text', text: 'alipayAppId', isRequired: true },
    { name: 'privateKey', kind: 'secret', text: 'alipayPrivateKey', isRequired: true },
    { name: 'alipayPublicKey', kind: 'long', text: 'alipayPublicKey' },
    { name: 'appCertificate', kind: 'long', text: 'appCertificate' },
    { name: 'alipayCertificate', kind: 'long', text: 'alipayCertificate' },
    { name: 'alipayRootCertificate', kind: 'long', text: 'alipayRootCertificate' },
    { name: 'sellerId', kind: 'text', text: 'sellerId' },
    { name: 'way', kind: 'choice', text: 'alipayWay', byDefault: 'app', choices: ['app', 'wap', 'page', 'qr'] },
    { name: 'productCode', kind: 'text', text: 'productCode' },
    { name: 'returnUrl', kind: 'text', text: 'returnUrl' },
    { name: 'notifyUrl', kind: 'text', text: 'notifyUrl' },
    { name: 'fetchStatements', kind: 'flag', text: 'fetchStatements', byDefault: false },
    { name: 'gateway', kind: 'text', text: 'gateway', byDefault: 'https://openapi.alipay.com/gateway.do' },
  ],
  wechat: [
    { name: 'appId', kind: 'text', text: 'wechatAppId', isRequired: true },
    { name: 'mchId', kind: 'text', text: 'mchId', isRequired: true },
    { name: 'serialNo', kind: 'text', text: 'serialNo', isRequired: true },
    { name: 'privateKey', kind: 'secret', text: 'wechatPrivateKey', isRequired: true },
    { name: 'apiV3Key', kind: 'secret', text: 'apiV3Key', isRequired: true },
    { name: 'publicKeyId', kind: 'text', text: 'publicKeyId' },
    { name: 'platformPublicKey', kind: 'long', text: 'platformPublicKey' },
    { name: 'way', kind: 'choice', text: 'wechatWay', byDefault: 'native', choices: ['native', 'h5', 'app', 'jsapi'] },
    { name: 'notifyUrl', kind: 'text', text: 'notifyUrl' },
    { name: 'fetchStatements', kind: 'flag', text: 'fetchStatements', byDefault: false },
    { name: 'apiBase', kind: 'text', text: 'apiBase', byDefault: 'https://api.mch.weixin.qq.com' },
  ],
  'wechat-virtual': [
    { name: 'appId', kind: 'text', text: 'virtualAppId', isRequired: true },
    { name: 'appSecret', kind: 'secret', text: 'appSecret' },
    { name: 'offerId', kind: 'text', text: 'offerId', isRequired: true },
    { name: 'appKey', kind: 'secret', text: 'appKey', isRequired: true },
    {
      name: 'environment',
      kind: 'choice',
      text: 'virtualEnvironment',
      byDefault: 'Production',
      choices: ['Production', 'Sandbox'],
    },
    {
      name: 'kind',
      kind: 'choice',
      text: 'virtualKind',
      byDefault: 'miniprogram',
      choices: ['miniprogram', 'minigame'],
    },
    { name: 'zoneId', kind: 'text', text: 'zoneId' },
    { name: 'pushToken', kind: 'secret', text: 'pushToken', isRequired: true },
    { name: 'encodingAesKey', kind: 'secret', text: 'encodingAesKey' },
    { name: 'apiBase', kind: 'text', text: 'apiBase', byDefault: 'https://api.weixin.qq.com' },
  ],
  points: [],
} as const satisfies Record<Channel, readonly Field[]>;

type General = (typeof GENERAL)[number]['text'];
type Callbacks = (typeof CALLBACKS)[number]['text'];
type Payments = (typeof PAYMENTS)[number]['text'];
type Channels = (typeof CHANNEL_FIELDS)[Channel][number]['text'];
/** The keys of labels and helps. */
export type FieldText = General | Callbacks | Payments | Channels;

/** Those that an app of a protocol uses. */
export function usedBy(fields: readonly Field[], protocol: string): Field[] {
  return fields.filter(({ protocols }) => !protocols || protocols.some((one) => one === protocol));
}

/** The fields of a channel, by their place in its settings. */
export function ownFields(channel: Channel): readonly Field[] {
  return CHANNEL_FIELDS[channel];
}

/** The fields of a channel, by their place in the document. */
export function channelFields(channel: Channel): Field[] {
  return ownFields(channel).map((field) => ({
    ...field,
    name: `channels.${channel}.${field.name}`,
  }));
}
