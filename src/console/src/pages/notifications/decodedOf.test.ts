import { describe, expect, it } from 'vitest';
import { decodedOf } from './decodedOf';

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jws = (payload: unknown) => `${base64url({ alg: 'ES256' })}.${base64url(payload)}.signature`;

describe('a notification', () => {
  it('of Google is taken out of its base64', () => {
    const data = { packageName: '游戏', oneTimeProductNotification: { purchaseToken: 'token-1' } };
    const [one, ...rest] = decodedOf(
      JSON.stringify({ message: { data: base64(data), messageId: '1' }, subscription: 's' }),
    );
    expect(rest).toEqual([]);
    expect(one?.name).toBe('message.data');
    expect(JSON.parse(one?.text ?? '')).toEqual(data);
  });

  it('of Apple is taken out of its signed parts, and these out of theirs', () => {
    const transaction = { transactionId: '1000', productId: 'gems.60' };
    const payload = { notificationType: 'REFUND', data: { signedTransactionInfo: jws(transaction) } };
    const parts = decodedOf(JSON.stringify({ signedPayload: jws(payload) }));
    expect(parts.map(({ name }) => name)).toEqual(['signedPayload', 'signedPayload.data.signedTransactionInfo']);
    expect(JSON.parse(parts[1]?.text ?? '')).toEqual(transaction);
  });

  it('of Alipay is its fields', () => {
    expect(decodedOf('trade_no=2026&subject=60%20%E5%85%83%E5%AE%9D&total_amount=6.50')).toEqual([
      { name: '', text: 'trade_no: 2026\nsubject: 60 元宝\ntotal_amount: 6.50' },
    ]);
  });

  it.each(['', 'plain words', '{}', '{"a":1}', '[1,2]', 'null', '{"a":"!!!"}', '{"a":"eyJ9.eyJ9.x"}', '12'])(
    'that holds nothing more is left as it is: %s',
    (body) => {
      expect(decodedOf(body)).toEqual([]);
    },
  );

  it('is looked into only so deep', () => {
    let text: unknown = { end: 1 };
    for (let i = 0; i < 12; i++) {
      text = { a: base64(text) };
    }
    expect(decodedOf(JSON.stringify(text)).length).toBe(7);
  });
});
