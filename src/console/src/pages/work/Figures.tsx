import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { FIGURES_MS, GROUPS, STEPS, type Step, statisticsQuery } from '../../api/statistics';
import { Waiting } from '../../app/Waiting';
import { FaultAlert } from '../../shared/FaultAlert';
import { useNow } from '../../shared/useNow';
import { type ChartData, chartsOf } from './chartsOf';
import { FiguresTable } from './FiguresTable';

const Chart = lazy(() => import('./Chart'));

const PERIODS = { today: 1, week: 7, month: 30 } as const;
type Period = keyof typeof PERIODS;
const PERIOD_NAMES = Object.keys(PERIODS) as Period[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Orders, amounts and callbacks over time; the choices are in the address. */
export function Figures() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const period = oneOf(PERIOD_NAMES, params.get('period')) ?? 'week';
  const step = oneOf(STEPS, params.get('step')) ?? (period === 'today' ? 'hour' : 'day');
  const by = oneOf(GROUPS, params.get('by')) ?? 'game';
  const now = useNow(true, FIGURES_MS);
  const { data, ...query } = useQuery({
    ...statisticsQuery({ ...timesOf(period, step, now), step, by }),
    refetchInterval: FIGURES_MS,
    placeholderData: keepPreviousData,
  });

  const charts = useMemo(() => (data ? chartsOf(data) : []), [data]);

  function choose(name: string, value: string): void {
    const next = new URLSearchParams(params);
    next.set(name, value);
    setParams(next, { replace: true });
  }

  return (
    <section className="panel figures" aria-label={t('figures.title')}>
      <div className="page-head">
        <h2>{t('figures.title')}</h2>
        <div className="page-acts">
          <Choice
            label={t('figures.period')}
            value={period}
            options={PERIOD_NAMES.map((value) => [value, t(`figures.periods.${value}`)])}
            choose={(value) => choose('period', value)}
          />
          <Choice
            label={t('figures.step')}
            value={step}
            options={STEPS.map((value) => [value, t(`figures.steps.${value}`)])}
            choose={(value) => choose('step', value)}
          />
          <Choice
            label={t('figures.by')}
            value={by}
            options={GROUPS.map((value) => [value, t(`figures.groups.${value}`)])}
            choose={(value) => choose('by', value)}
          />
        </div>
      </div>
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {data && charts.length === 0 && data.tests.length === 0 && <p>{t('figures.none')}</p>}
      {data && charts.length + data.tests.length > 0 && (
        <>
          <p className="faint">{t('figures.withoutTests')}</p>
          <div className="charts">
            {charts.map((chart) => (
              <OneChart key={chart.name + chart.currency} chart={chart} step={step} />
            ))}
          </div>
          <FiguresTable statistics={data} />
        </>
      )}
    </section>
  );
}

function OneChart({ chart, step }: { chart: ChartData; step: Step }) {
  const { t } = useTranslation();
  const lines = useMemo(
    () => chart.lines.map(({ name, values }) => ({ name: t(`figures.${name}`), values })),
    [chart, t],
  );
  const title = chart.name === 'money' ? t('figures.money', { currency: chart.currency }) : t(`figures.${chart.name}`);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Suspense fallback={<output className="chart" aria-label={t('figures.loading')} />}>
        <Chart label={t('figures.chart', { title })} step={step} times={chart.times} lines={lines} />
      </Suspense>
    </figure>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: (readonly [value: string, text: string])[];
  choose: (value: string) => void;
}

/** The browser's own list: the first page does without Ant Design's, which is large. */
function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <label className="choice">
      <span className="faint">{label}</span>
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function oneOf<T extends string>(all: readonly T[], text: string | null): T | undefined {
  return all.find((one) => one === text);
}

/** Whole steps, so that the same period asks the same. */
function timesOf(period: Period, step: Step, now: number) {
  const size = step === 'hour' ? HOUR_MS : DAY_MS;
  const to = Math.ceil(now / size) * size;
  return { from: text(to - PERIODS[period] * DAY_MS), to: text(to) };
}

const text = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
