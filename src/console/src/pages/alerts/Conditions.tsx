import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { conditionsQuery, deleteThreshold } from '../../api/alerts';
import type { AlertCondition, AlertThreshold } from '../../api/alertTypes';
import { useSession } from '../../api/session';
import { ActDialog } from '../../shared/ActDialog';
import { type Columns, ListTable } from '../../shared/ListTable';
import { useMessages } from '../../shared/messages';
import { conditionText, thresholdText } from './quantityText';
import { SeverityTag } from './SeverityTag';
import { ThresholdDialog } from './ThresholdDialog';

interface Unset {
  condition: AlertCondition;
  threshold: AlertThreshold;
}

/** What is watched, from which values on, and what is set in place of these. */
export function Conditions() {
  const { t, i18n } = useTranslation();
  const message = useMessages();
  const isLimited = Boolean(useSession().games);
  const { data, ...query } = useQuery(conditionsQuery);
  const [chosen, setChosen] = useState<AlertCondition | null>(null);
  const [unset, setUnset] = useState<Unset | null>(null);

  const what = (condition: AlertCondition) => (
    <div className="address break">
      {conditionText(condition, i18n.language)}
      <div>
        <code>{condition.condition}</code>
      </div>
    </div>
  );
  const thresholdsOf = ({ condition }: AlertCondition) =>
    (data?.thresholds ?? []).filter((one) => one.condition === condition);
  const setText = (condition: AlertCondition, { gameId, threshold, disabled }: AlertThreshold) =>
    [
      gameId ? t('conditions.ofGame', { gameId }) : t('conditions.ofAll'),
      disabled ? t('conditions.off') : thresholdText(t, threshold ?? condition.threshold, condition),
    ].join(' · ');
  const thresholds = (condition: AlertCondition) => (
    <div className="compact">
      {thresholdsOf(condition).map((threshold) => {
        const text = setText(condition, threshold);
        return (
          <div key={threshold.gameId ?? 'all'} className="compact-row">
            <span>{text}</span>
            <Button
              size="small"
              aria-label={t('conditions.unset', { what: text })}
              onClick={() => setUnset({ condition, threshold })}
            >
              {t('conditions.unsetShort')}
            </Button>
          </div>
        );
      })}
    </div>
  );
  // What is of no game is not for who is limited to games.
  const button = (condition: AlertCondition) =>
    (condition.isOfGame || !isLimited) && (
      <Button
        size="small"
        aria-label={t('conditions.set', { what: conditionText(condition, i18n.language) })}
        onClick={() => setChosen(condition)}
      >
        {t('conditions.setShort')}
      </Button>
    );
  const columns: Columns<AlertCondition> = [
    { title: t('alerts.what'), key: 'what', render: (_, condition) => what(condition) },
    { title: t('alerts.severity'), key: 'severity', render: (_, { severity }) => <SeverityTag severity={severity} /> },
    {
      title: t('conditions.own'),
      key: 'own',
      render: (_, condition) => thresholdText(t, condition.threshold, condition),
    },
    { title: t('conditions.instead'), key: 'instead', render: (_, condition) => thresholds(condition) },
    { title: t('common.actions'), key: 'actions', render: (_, condition) => button(condition) },
  ];

  async function remove({ threshold }: Unset): Promise<void> {
    await deleteThreshold(threshold);
    void message.success(t('conditions.saved'));
  }

  return (
    <>
      <h2>{t('conditions.title')}</h2>
      <ListTable
        label={t('conditions.title')}
        query={{ ...query, data: data && { items: data.items, nextCursor: null } }}
        rowKey="condition"
        columns={columns}
        paging={null}
        compact={(condition) => (
          <div className="compact">
            <div className="compact-row">
              {what(condition)}
              <SeverityTag severity={condition.severity} />
            </div>
            <span>
              {t('conditions.own')}: {thresholdText(t, condition.threshold, condition)}
            </span>
            {thresholds(condition)}
            <div>{button(condition)}</div>
          </div>
        )}
      />
      {chosen && (
        <ThresholdDialog
          condition={chosen}
          stored={thresholdsOf(chosen).find(({ gameId }) => !gameId)}
          isLimited={isLimited}
          close={() => setChosen(null)}
        />
      )}
      {unset && (
        <ActDialog
          title={t('conditions.unset', { what: setText(unset.condition, unset.threshold) })}
          text={t('conditions.unsetText')}
          asksReason={false}
          confirm={() => remove(unset)}
          close={() => setUnset(null)}
        />
      )}
    </>
  );
}
