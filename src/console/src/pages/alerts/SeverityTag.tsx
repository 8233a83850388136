import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Severity } from '../../api/alertTypes';

const COLORS: Record<Severity, string> = { warning: 'warning', critical: 'error' };

export function SeverityTag({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  return <Tag color={COLORS[severity]}>{t(`severities.${severity}`)}</Tag>;
}
