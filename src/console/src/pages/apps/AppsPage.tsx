import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { appsQuery } from '../../api/apps';
import { useRole } from '../../api/session';
import type { App, Channel } from '../../api/types';
import { AppTags } from '../../shared/AppTags';
import { CsvLink } from '../../shared/CsvLink';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { SecretDialog } from '../../shared/SecretDialog';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { NewAppDialog } from './NewAppDialog';

export default function AppsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const isAdmin = useRole() === 'admin';
  const { cursor, paging } = useListAddress([]);
  const query = useQuery({ ...appsQuery(cursor), placeholderData: keepPreviousData });
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<{ gameId: number; secret: string } | null>(null);

  const link = (app: App) => <Link to={`/apps/${app.gameId}`}>{app.gameId}</Link>;
  const channels = (app: App) =>
    Object.keys(app.channels ?? {})
      .map((channel) => t(`stores.${channel as Channel}`, { defaultValue: channel }))
      .join(', ') || <span className="faint">{t('apps.noChannels')}</span>;
  const columns: Columns<App> = [
    { title: t('apps.gameId'), key: 'gameId', render: (_, app) => link(app) },
    {
      title: t('apps.name'),
      key: 'name',
      render: (_, app) => (
        <div className="address break">
          {app.name}
          {app.alias && <div className="faint">{app.alias}</div>}
        </div>
      ),
    },
    { title: t('apps.protocol'), dataIndex: 'protocol' },
    { title: t('common.state'), key: 'state', render: (_, app) => <AppTags app={app} /> },
    { title: t('apps.channels'), key: 'channels', render: (_, app) => channels(app) },
    {
      title: t('apps.callbackUrl'),
      key: 'url',
      render: (_, { callbackUrl }) => <span className="address break">{callbackUrl}</span>,
    },
    { title: t('apps.updated'), key: 'updated', render: (_, { updatedAt }) => <Time at={updatedAt} /> },
  ];
  return (
    <>
      <PageHead title={t('apps.title')}>
        <CsvLink list="apps" />
        {isAdmin && (
          <Button type="primary" onClick={() => setNew(true)}>
            {t('apps.new')}
          </Button>
        )}
      </PageHead>
      <ListTable
        label={t('apps.title')}
        query={query}
        rowKey="gameId"
        columns={columns}
        paging={paging}
        empty={t('apps.empty')}
        compact={(app) => (
          <div className="compact">
            <div className="compact-row">
              {link(app)}
              <AppTags app={app} />
            </div>
            <strong>{app.name}</strong>
            <span className="faint">
              {app.protocol} · {channels(app)}
            </span>
          </div>
        )}
      />
      {isNew && <NewAppDialog done={setMade} close={() => setNew(false)} />}
      {made && (
        <SecretDialog
          title={t('secrets.value')}
          name={t('apps.secretOf', { gameId: made.gameId })}
          secret={made.secret}
          close={() => void navigate(`/apps/${made.gameId}`)}
        />
      )}
    </>
  );
}
