import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { giveOpenId } from '../api/accounts';
import { ActDialog } from './ActDialog';
import { CopyText } from './CopyText';

/** Shows a player's openId in a game. Asking gives one where there is none, so it is asked before. */
export function OpenIdButton({ uid, gameId }: { uid: string; gameId: string }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const [openId, setOpenId] = useState<string | null>(null);
  if (openId) {
    return (
      <CopyText text={openId} what={t('player.openId')}>
        <code>{openId}</code>
      </CopyText>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t('player.showOpenId')}</Button>
      {isAsking && (
        <ActDialog
          title={t('player.showOpenId')}
          text={t('player.openIdText')}
          asksReason={false}
          confirm={async () => setOpenId(await giveOpenId(uid, gameId))}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}
