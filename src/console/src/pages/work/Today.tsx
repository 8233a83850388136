import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { FIGURES_MS, statisticsQuery } from '../../api/statistics';
import { FaultAlert } from '../../shared/FaultAlert';
import { moneyText } from '../../shared/money';
import { Time } from '../../shared/Time';
import { localText } from '../../shared/time';
import { useNow } from '../../shared/useNow';
import { changeOf, type PaidToday, shareOf, timesOfToday, todayOf } from './todayOf';

const Chart = lazy(() => import('./Chart'));

const HOUR_MS = 3_600_000;
const CHARTS_MAX = 2;

/** What was paid today beside the same hours last week, and how verification and callbacks go. It stays current by itself. */
export function Today({ oldestWaitingAt }: { oldestWaitingAt: string | null }) {
  const { t } = useTranslation();
  const now = useNow(true, FIGURES_MS);
  const times = timesOfToday(now);
  const { data, error, refetch } = useQuery({
    ...statisticsQuery({ from: text(times.lastWeek), to: text(times.now + HOUR_MS), step: 'hour', by: 'currency' }),
    refetchInterval: FIGURES_MS,
    placeholderData: keepPreviousData,
  });
  const today = useMemo(() => data && todayOf(data, now), [data, now]);
  const hour = localText(new Date(times.now)).slice(11, 16);
  return (
    <section className="panel figures" aria-label={t('today.title')}>
      <h2>{t('today.title')}</h2>
      <FaultAlert fault={error} retry={refetch} />
      {today && (
        <>
          <Rates {...today} oldestWaitingAt={oldestWaitingAt} />
          {today.paid.length === 0 ? (
            <p>{t('today.none')}</p>
          ) : (
            <>
              <PaidTable paid={today.paid} hour={hour} />
              <div className="charts">
                {today.paid.slice(0, CHARTS_MAX).map((one) => (
                  <PaidChart key={one.currency} paid={one} from={times.today} />
                ))}
              </div>
            </>
          )}
        </>
      )}
    </section>
  );
}

interface RatesOf {
  receipts: { accepted: number; refused: number };
  callbacks: { attempts: number; successes: number };
  oldestWaitingAt: string | null;
}

function Rates({ receipts, callbacks, oldestWaitingAt }: RatesOf) {
  const { t } = useTranslation();
  const verified = shareOf(receipts.accepted, receipts.accepted + receipts.refused);
  const delivered = shareOf(callbacks.successes, callbacks.attempts);
  return (
    <ul className="counts">
      <li>
        {t('today.receipts')}: <strong>{verified === null ? '–' : `${verified} %`}</strong>{' '}
        <span className="faint">{t('today.ofReceipts', receipts)}</span>
      </li>
      <li>
        {t('today.callbacks')}: <strong>{delivered === null ? '–' : `${delivered} %`}</strong>{' '}
        <span className="faint">{t('today.ofCallbacks', callbacks)}</span>
      </li>
      <li>
        {t('today.oldest')}: {oldestWaitingAt ? <Time at={oldestWaitingAt} inline /> : t('today.noneWaits')}
      </li>
    </ul>
  );
}

function PaidTable({ paid, hour }: { paid: PaidToday[]; hour: string }) {
  const { t } = useTranslation();
  const change = (one: PaidToday) => {
    const percent = changeOf(one.compared, one.before);
    return percent === null ? '–' : `${percent > 0 ? '+' : ''}${percent} %`;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="scrolled" tabIndex={0} aria-label={t('today.paid')}>
      <table className="small-table">
        <thead>
          <tr>
            <th scope="col">{t('figures.currency')}</th>
            <th scope="col">{t('today.paid')}</th>
            <th scope="col">{t('today.until', { hour })}</th>
            <th scope="col">{t('today.before', { hour })}</th>
            <th scope="col">{t('today.change')}</th>
          </tr>
        </thead>
        <tbody>
          {paid.map((one) => (
            <tr key={one.currency}>
              <th scope="row">{one.currency}</th>
              <td>
                {moneyText(one.money, one.currency)} <span className="faint">({one.orders})</span>
              </td>
              <td>{moneyText(one.compared, one.currency)}</td>
              <td>{moneyText(one.before, one.currency)}</td>
              <td>{change(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PaidChart({ paid, from }: { paid: PaidToday; from: number }) {
  const { t } = useTranslation();
  const title = t('today.chart', { currency: paid.currency });
  const times = useMemo(
    () => paid.hours.today.map((_, hour) => new Date(from + hour * HOUR_MS).toISOString()),
    [paid, from],
  );
  const lines = useMemo(
    () => [
      { name: t('today.title'), values: paid.hours.today },
      { name: t('today.lastWeek'), values: paid.hours.before },
    ],
    [paid, t],
  );
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Suspense fallback={<output className="chart" aria-label={t('figures.loading')} />}>
        <Chart label={t('today.chartLabel', { title })} step="hour" times={times} lines={lines} />
      </Suspense>
    </figure>
  );
}

const text = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
