import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deleteToken, tokensQuery } from '../../api/administration';
import { queryClient } from '../../api/queryClient';
import type { Role, Token } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { CsvLink } from '../../shared/CsvLink';
import { GamesText } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { useMessages } from '../../shared/messages';
import { PageHead } from '../../shared/PageHead';
import { SecretDialog } from '../../shared/SecretDialog';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { NewTokenDialog } from './NewTokenDialog';

export default function TokensPage() {
  const { t } = useTranslation();
  const message = useMessages();
  const { cursor, paging } = useListAddress([]);
  const query = useQuery({ ...tokensQuery(cursor), placeholderData: keepPreviousData });
  const [isNew, setNew] = useState(false);
  const [doomed, setDoomed] = useState<Token | null>(null);
  const [made, setMade] = useState<Token | null>(null);

  const role = (token: Token) => t(`roles.${token.role as Role}`);
  const remove = (token: Token) => (
    <Button size="small" danger aria-label={t('tokens.delete', { name: token.name })} onClick={() => setDoomed(token)}>
      {t('tokens.deleteShort')}
    </Button>
  );
  const expiry = (token: Token) => (token.expiresAt ? <Time at={token.expiresAt} /> : t('tokens.never'));
  const columns: Columns<Token> = [
    { title: t('tokens.name'), dataIndex: 'name' },
    { title: t('operators.role'), key: 'role', render: (_, token) => role(token) },
    { title: t('operators.games'), key: 'games', render: (_, { games }) => <GamesText games={games} /> },
    { title: t('tokens.expires'), key: 'expires', render: (_, token) => expiry(token) },
    { title: t('tokens.createdBy'), dataIndex: 'createdBy' },
    { title: t('operators.created'), key: 'created', render: (_, { createdAt }) => <Time at={createdAt} /> },
    { title: t('common.actions'), key: 'actions', render: (_, token) => remove(token) },
  ];

  async function doom(token: Token): Promise<void> {
    await deleteToken(token.id);
    void message.success(t('tokens.deleted'));
    await queryClient.invalidateQueries({ queryKey: ['tokens'] });
  }

  return (
    <>
      <PageHead title={t('tokens.title')}>
        <CsvLink list="tokens" least="admin" />
        <Button type="primary" onClick={() => setNew(true)}>
          {t('tokens.new')}
        </Button>
      </PageHead>
      <ListTable
        label={t('tokens.title')}
        query={query}
        rowKey="id"
        columns={columns}
        paging={paging}
        compact={(token) => (
          <div className="compact">
            <div className="compact-row">
              <strong>{token.name}</strong>
              <span>{role(token)}</span>
            </div>
            <span className="faint">
              <GamesText games={token.games} />
            </span>
            <div className="compact-row">
              {expiry(token)}
              {remove(token)}
            </div>
          </div>
        )}
      />
      {isNew && <NewTokenDialog done={setMade} close={() => setNew(false)} />}
      {doomed && (
        <ActDialog
          title={t('tokens.delete', { name: doomed.name })}
          text={t('tokens.deleteText', { name: doomed.name })}
          isDangerous
          asksReason={false}
          confirm={() => doom(doomed)}
          close={() => setDoomed(null)}
        />
      )}
      {made?.secret && (
        <SecretDialog
          title={t('tokens.secret')}
          name={`${t('tokens.secret')}: ${made.name}`}
          secret={made.secret}
          close={() => setMade(null)}
        />
      )}
    </>
  );
}
