import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { erasePlayer, erasureQuery, exportPlayer } from '../../api/playerData';
import { ActDialog } from '../../shared/ActDialog';
import { FaultAlert } from '../../shared/FaultAlert';

const REFRESH_MS = 2_000;

interface Fields {
  reason: string;
}

/** Gives out a player's data as a document, and erases what names the player. */
export function PersonalData({ gameId, userId }: { gameId: string; userId: string }) {
  const { t } = useTranslation();
  const [act, setAct] = useState<'export' | 'erase' | null>(null);
  const [erasureId, setErasureId] = useState<string | null>(null);

  async function confirm({ reason }: Fields): Promise<void> {
    if (act === 'erase') {
      setErasureId((await erasePlayer(gameId, userId, reason)).erasureId);
    } else {
      save(await exportPlayer(gameId, userId, reason), `player-${gameId}.json`);
    }
  }

  return (
    <section className="panel" aria-label={t('player.data')}>
      <h2>{t('player.data')}</h2>
      <Space>
        <Button onClick={() => setAct('export')}>{t('player.export')}</Button>
        <Button danger onClick={() => setAct('erase')}>
          {t('player.erase')}
        </Button>
      </Space>
      {erasureId && <Progress gameId={gameId} erasureId={erasureId} />}
      {act && (
        <ActDialog<Fields>
          title={t(act === 'erase' ? 'player.erase' : 'player.export')}
          text={t(act === 'erase' ? 'player.eraseText' : 'player.exportText')}
          isDangerous={act === 'erase'}
          confirm={confirm}
          close={() => setAct(null)}
        />
      )}
    </section>
  );
}

function Progress({ gameId, erasureId }: { gameId: string; erasureId: string }) {
  const { t } = useTranslation();
  const { data: erasure, error } = useQuery({
    ...erasureQuery(gameId, erasureId),
    refetchInterval: ({ state }) => (state.data?.state === 'running' || !state.data ? REFRESH_MS : false),
  });
  if (!erasure) {
    return <FaultAlert fault={error} />;
  }
  const { state, erased, waiting, waitingOrders } = erasure;
  const text =
    state === 'done'
      ? t('player.erased', { count: erased })
      : state === 'waiting'
        ? t('player.eraseWaits', { count: erased, waiting })
        : t('player.erasing', { count: erased });
  return (
    <Alert
      type={state === 'done' ? 'success' : 'info'}
      showIcon
      role="status"
      title={text}
      description={
        waitingOrders.length > 0 && (
          <ul className="plain">
            {waitingOrders.map((orderId) => (
              <li key={orderId}>
                <Link to={`/orders/${orderId}`}>{orderId}</Link>
              </li>
            ))}
          </ul>
        )
      }
    />
  );
}

function save(document: Blob, name: string): void {
  const address = URL.createObjectURL(document);
  const link = window.document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
