import { useTranslation } from 'react-i18next';
import type { Group } from '../../api/statistics';
import type { Counted, Statistics } from '../../api/types';
import { moneyText } from '../../shared/money';
import { TestTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';

/** The figures as text: what the charts draw, and what they leave out. */
export function FiguresTable({ statistics: { items, tests, health, by } }: { statistics: Statistics }) {
  const { t } = useTranslation();
  const rows = [...items.map((one) => ({ one, isTest: false })), ...tests.map((one) => ({ one, isTest: true }))].sort(
    (left, right) => Date.parse(left.one.time) - Date.parse(right.one.time),
  );
  const counted = ({ count, money }: Counted, currency: string) =>
    count > 0 && (
      <>
        {count} <span className="faint nowrap">{moneyText(money, currency)}</span>
      </>
    );
  const group = t(`figures.groups.${by as Group}`);
  return (
    <details>
      <summary>{t('figures.asTable')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className="scrolled" tabIndex={0} aria-label={t('figures.title')}>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">{t('figures.time')}</th>
              <th scope="col">
                {t('figures.key')} ({group})
              </th>
              <th scope="col">{t('figures.created')}</th>
              <th scope="col">{t('figures.paid')}</th>
              <th scope="col">{t('figures.refunded')}</th>
              <th scope="col">{t('figures.delivered')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ one, isTest }) => (
              <tr key={`${one.time} ${one.key} ${one.currency} ${isTest}`}>
                <th scope="row">
                  <Time at={one.time} />
                </th>
                <td>
                  {one.key ?? t('figures.unknownKey')} {isTest && <TestTag />}
                </td>
                <td>{counted(one.created, one.currency)}</td>
                <td>{counted(one.paid, one.currency)}</td>
                <td>{counted(one.refunded, one.currency)}</td>
                <td>{counted(one.delivered, one.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {health.length > 0 && (
          <table className="small-table">
            <thead>
              <tr>
                <th scope="col">{t('figures.time')}</th>
                <th scope="col">{t('figures.key')}</th>
                <th scope="col">{t('figures.attempts')}</th>
                <th scope="col">{t('figures.successes')}</th>
                <th scope="col">{t('figures.p95')}</th>
                <th scope="col">{t('figures.refusals')}</th>
              </tr>
            </thead>
            <tbody>
              {health.map((one) => (
                <tr key={`${one.time} ${one.key}`}>
                  <th scope="row">
                    <Time at={one.time} />
                  </th>
                  <td>{one.key}</td>
                  <td>{one.callbackAttempts}</td>
                  <td>{one.callbackSuccesses}</td>
                  <td>{one.callbackP95Ms}</td>
                  <td>{one.verificationRefusals}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </details>
  );
}
