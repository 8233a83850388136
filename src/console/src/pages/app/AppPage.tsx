import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { appQuery } from '../../api/apps';
import { useRole } from '../../api/session';
import { Waiting } from '../../app/Waiting';
import { AppTags } from '../../shared/AppTags';
import { CopyButton } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { PageHead } from '../../shared/PageHead';
import { AppForm } from './AppForm';
import { Guide } from './Guide';
import { ProbePanel } from './ProbePanel';
import { ProductsPanel } from './ProductsPanel';
import { RecipePanel } from './RecipePanel';
import { SchedulePanel } from './SchedulePanel';
import { Secrets } from './Secrets';
import { SignDebugger } from './SignDebugger';
import { StoreAddresses } from './StoreAddresses';
import { Switching } from './Switching';

export default function AppPage() {
  const { t } = useTranslation();
  const { gameId = '' } = useParams();
  const isAdmin = useRole() === 'admin';
  const { data: app, ...query } = useQuery(appQuery(gameId));
  return (
    <>
      <PageHead
        title={t('appPage.title', { gameId: app?.gameId ?? gameId, name: app?.name ?? '' })}
        beside={
          <>
            <CopyButton text={gameId} what={t('apps.gameId')} />
            {app && <AppTags app={app} />}
          </>
        }
      >
        {app && isAdmin && <Switching app={app} />}
      </PageHead>
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {app?.disabled && <Alert type="warning" showIcon title={t('appPage.disabledNow')} />}
      {app && (
        <div className="order">
          <div className="column">
            {/* What was saved begins the form anew. */}
            <AppForm key={app.updatedAt} app={app} isAdmin={isAdmin} />
          </div>
          <div className="column">
            <Secrets app={app} isAdmin={isAdmin} />
            <StoreAddresses app={app} isAdmin={isAdmin} />
            <ProductsPanel gameId={String(app.gameId)} isAdmin={isAdmin} />
            <RecipePanel app={app} isAdmin={isAdmin} />
            <SchedulePanel app={app} />
            <Guide app={app} />
            {isAdmin && <ProbePanel app={app} />}
            {isAdmin && <SignDebugger app={app} />}
          </div>
        </div>
      )}
    </>
  );
}
