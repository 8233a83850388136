import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { operatorsQuery } from '../../api/administration';
import type { Operator, Role } from '../../api/types';
import { CsvLink } from '../../shared/CsvLink';
import { GamesText } from '../../shared/GameFields';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { SecretDialog } from '../../shared/SecretDialog';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { ChangeOperatorDialog, NewOperatorDialog } from './OperatorDialogs';

export default function OperatorsPage() {
  const { t } = useTranslation();
  const { cursor, paging } = useListAddress([]);
  const query = useQuery({ ...operatorsQuery(cursor), placeholderData: keepPreviousData });
  const [isNew, setNew] = useState(false);
  const [chosen, setChosen] = useState<Operator | null>(null);
  const [given, setGiven] = useState<Operator | null>(null);

  const role = (operator: Operator) => t(`roles.${operator.role as Role}`);
  const change = (operator: Operator) => (
    <Button
      size="small"
      aria-label={t('operators.change', { name: operator.name })}
      onClick={() => setChosen(operator)}
    >
      {t('operators.changeShort')}
    </Button>
  );
  const columns: Columns<Operator> = [
    { title: t('operators.name'), dataIndex: 'name' },
    { title: t('operators.role'), key: 'role', render: (_, operator) => role(operator) },
    { title: t('operators.games'), key: 'games', render: (_, { games }) => <GamesText games={games} /> },
    { title: t('common.state'), key: 'state', render: (_, operator) => <OperatorTags operator={operator} /> },
    {
      title: t('operators.factor'),
      key: 'factor',
      render: (_, { hasSecondFactor }) => t(hasSecondFactor ? 'common.yes' : 'common.no'),
    },
    { title: t('operators.created'), key: 'created', render: (_, { createdAt }) => <Time at={createdAt} /> },
    { title: t('operators.updated'), key: 'updated', render: (_, { updatedAt }) => <Time at={updatedAt} /> },
    { title: t('common.actions'), key: 'actions', render: (_, operator) => change(operator) },
  ];
  return (
    <>
      <PageHead title={t('operators.title')}>
        <CsvLink list="operators" least="admin" />
        <Button type="primary" onClick={() => setNew(true)}>
          {t('operators.new')}
        </Button>
      </PageHead>
      <ListTable
        label={t('operators.title')}
        query={query}
        rowKey="name"
        columns={columns}
        paging={paging}
        compact={(operator) => (
          <div className="compact">
            <div className="compact-row">
              <strong>{operator.name}</strong>
              <span>{role(operator)}</span>
            </div>
            <div className="compact-row">
              <OperatorTags operator={operator} />
              {change(operator)}
            </div>
            <span className="faint">
              <GamesText games={operator.games} />
            </span>
          </div>
        )}
      />
      {isNew && <NewOperatorDialog done={setGiven} close={() => setNew(false)} />}
      {chosen && <ChangeOperatorDialog operator={chosen} done={setGiven} close={() => setChosen(null)} />}
      {given?.password && (
        <SecretDialog
          title={t('operators.firstPassword')}
          name={`${t('operators.firstPassword')}: ${given.name}`}
          secret={given.password}
          close={() => setGiven(null)}
        />
      )}
    </>
  );
}

function OperatorTags({ operator }: { operator: Operator }) {
  const { t } = useTranslation();
  return (
    <span className="tags">
      <Tag color={operator.disabled ? 'error' : 'success'}>
        {t(operator.disabled ? 'operators.disabled' : 'operators.active')}
      </Tag>
      {operator.mustChangePassword && <Tag color="warning">{t('operators.mustChange')}</Tag>}
    </span>
  );
}
