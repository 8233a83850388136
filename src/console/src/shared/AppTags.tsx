import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { App } from '../api/types';

/** Whether an app works, and whether its secret is good. */
export function AppTags({ app }: { app: App }) {
  const { t } = useTranslation();
  return (
    <span className="tags">
      <Tag color={app.disabled ? 'error' : 'success'}>{t(app.disabled ? 'apps.disabled' : 'apps.active')}</Tag>
      {app.secrets.length === 0 && <Tag color="error">{t('apps.noSecret')}</Tag>}
      {app.secrets[0]?.weak && <Tag color="warning">{t('apps.weakSecret')}</Tag>}
    </span>
  );
}
