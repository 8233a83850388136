import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiFault } from '../api/fault';
import { en } from './en';
import { faultText, fieldText } from './serverSays';

beforeAll(() =>
  i18next.init({ lng: 'en', resources: { en: { translation: en } }, interpolation: { escapeValue: false } }),
);

describe('what the server says', () => {
  it('is told in words of the console', () => {
    const refused = new ApiFault(401, 'the name, the password or the code is wrong');
    expect(faultText(i18next.t, refused)).toBe(en.serverSays.wrongSignIn);
    expect(fieldText(i18next.t, 'reason', 'must be 1 to 512 characters')).toBe('Write 1 to 512 characters.');
  });

  it('is quoted where the console has no words for it', () => {
    const text = faultText(i18next.t, new ApiFault(409, 'the moon is full'));
    expect(text).toContain(en.faults.conflict);
    expect(text).toContain('the moon is full');
  });

  it('says why a store could not be told', () => {
    const text = faultText(
      i18next.t,
      new ApiFault(502, 'the store could not be told, try again: Google Play answered 503'),
    );
    expect(text).toContain('it still waits');
    expect(text).toContain('Google Play answered 503');
  });

  it('says how long to wait', () => {
    expect(faultText(i18next.t, new ApiFault(429, 'too many', [], 90))).toContain('1 min 30 s');
    expect(faultText(i18next.t, new ApiFault(0, 'fetch failed'))).toBe(en.faults.network);
  });
});
