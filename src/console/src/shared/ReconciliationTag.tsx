import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Reconciliation } from '../api/types';

type State = 'receiving' | 'matching' | 'done';

export function ReconciliationTag({ one }: { one: Reconciliation }) {
  const { t } = useTranslation();
  const state = one.state as State;
  return (
    <span className="tags">
      <Tag color={state === 'done' ? 'success' : 'processing'}>{t(`reconciliationStates.${state}`)}</Tag>
      {state === 'matching' && <span>{t('reconciliation.progress', { progress: one.progress })}</span>}
    </span>
  );
}
