import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { balanceQuery } from '../../api/accounts';
import { useRole } from '../../api/session';
import { Waiting } from '../../app/Waiting';
import { CopyText } from '../../shared/CopyText';
import { Facts } from '../../shared/Facts';
import { FaultAlert } from '../../shared/FaultAlert';
import { Filters, TextFilter } from '../../shared/Filters';
import { hasRole } from '../../shared/hasRole';
import { PageHead } from '../../shared/PageHead';
import { useListAddress } from '../../shared/useListAddress';
import { OpenIdDialog, PointsDialog, UserDialog } from './AccountDialogs';

const NAMES = ['uid'] as const;
type Dialog = 'points' | 'user' | 'openId';

/** The account of a player: points, and the openIds under which games know the player. */
export default function AccountsPage() {
  const { t } = useTranslation();
  const { filters, apply } = useListAddress(NAMES);
  const { uid } = filters;
  return (
    <>
      <PageHead title={t('accounts.title')} />
      <Filters filters={filters} apply={apply}>
        <TextFilter name="uid" label={t('accounts.uid')} />
      </Filters>
      {uid ? <Account key={uid} uid={uid} /> : <p>{t('accounts.ask')}</p>}
    </>
  );
}

function Account({ uid }: { uid: string }) {
  const { t } = useTranslation();
  const role = useRole();
  const { data: balance, ...query } = useQuery(balanceQuery(uid));
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [openId, setOpenId] = useState<{ gameId: string; value: string } | null>(null);
  const close = () => setDialog(null);
  const isMissing = balance === null;
  return (
    <section className="panel" aria-label={t('accounts.title')}>
      <FaultAlert fault={query.error} retry={query.refetch} />
      {query.isPending && !query.error && <Waiting />}
      {isMissing && <p>{t('accounts.missing')}</p>}
      {balance && (
        <>
          <Facts
            items={[
              [t('accounts.uid'), <CopyText key="uid" text={uid} what={t('accounts.uid')} />],
              [t('accounts.balance'), `${balance} ${t('accounts.unit')}`],
              [
                openId ? t('accounts.given', { uid, gameId: openId.gameId }) : '',
                openId && <CopyText text={openId.value} what={t('accounts.openId')} />,
              ],
            ]}
          />
          <p className="faint">
            {t('accounts.noLedger')} <Link to="/audit?action=points.post">{t('accounts.history')}</Link> ·{' '}
            <Link to={`/orders?userId=${encodeURIComponent(uid)}`}>{t('accounts.orders')}</Link>
          </p>
        </>
      )}
      <div className="page-acts">
        {balance && hasRole(role, 'finance') && (
          <Button onClick={() => setDialog('points')}>{t('accounts.post')}</Button>
        )}
        {balance !== undefined && hasRole(role, 'support') && (
          <Button onClick={() => setDialog('user')}>{t(isMissing ? 'accounts.make' : 'accounts.change')}</Button>
        )}
        {balance && hasRole(role, 'support') && (
          <Button onClick={() => setDialog('openId')}>{t('accounts.openId')}</Button>
        )}
      </div>
      {dialog === 'points' && <PointsDialog uid={uid} close={close} />}
      {dialog === 'user' && <UserDialog uid={uid} isNew={isMissing} close={close} />}
      {dialog === 'openId' && <OpenIdDialog uid={uid} done={setOpenId} close={close} />}
    </section>
  );
}
