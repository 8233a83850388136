import { Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { giveOpenId, postPoints, putUser } from '../../api/accounts';
import { queryClient } from '../../api/queryClient';
import { ActDialog } from '../../shared/ActDialog';
import { drawSecret } from '../../shared/drawSecret';
import { GameField } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';

const TEXT_MAX = 256;
const refresh = () => queryClient.invalidateQueries({ queryKey: ['balance'] });

interface Props {
  uid: string;
  close: () => void;
}

export function PointsDialog({ uid, close }: Props) {
  const { t } = useTranslation();
  const message = useMessages();
  // Of one dialog: pressed twice, or tried again after a lost answer, the points are posted once.
  const [idempotencyKey] = useState(() => `console-${drawSecret()}`);

  async function run({ amount, reason }: { amount: string; reason: string }): Promise<void> {
    const balance = await postPoints(uid, { amount: amount.trim(), reason: reason.trim(), idempotencyKey });
    void message.success(t('accounts.posted', { balance }));
    await refresh();
  }

  return (
    <ActDialog<{ amount: string; reason: string }>
      title={t('accounts.post')}
      text={t('accounts.postText')}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="amount"
        label={t('accounts.amount')}
        extra={t('accounts.amountHint')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input autoComplete="off" maxLength={24} />
      </Form.Item>
    </ActDialog>
  );
}

export function UserDialog({ uid, isNew, close }: Props & { isNew: boolean }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run(fields: { platAccount?: string; userName?: string }): Promise<void> {
    const saved = await putUser(uid, {
      ...(fields.platAccount?.trim() && { platAccount: fields.platAccount.trim() }),
      ...(fields.userName?.trim() && { userName: fields.userName.trim() }),
    });
    void message.success(t('accounts.saved', { ...saved }));
    await refresh();
  }

  return (
    <ActDialog<{ platAccount?: string; userName?: string }>
      title={t(isNew ? 'accounts.make' : 'accounts.change')}
      text={isNew ? '' : t('accounts.changeText')}
      asksReason={false}
      confirm={run}
      close={close}
    >
      <Form.Item name="platAccount" label={t('accounts.platAccount')}>
        <Input autoFocus autoComplete="off" maxLength={128} />
      </Form.Item>
      <Form.Item name="userName" label={t('accounts.userName')}>
        <Input autoComplete="off" maxLength={TEXT_MAX} />
      </Form.Item>
    </ActDialog>
  );
}

interface OpenIdProps extends Props {
  done: (openId: { gameId: string; value: string }) => void;
}

export function OpenIdDialog({ uid, done, close }: OpenIdProps) {
  const { t } = useTranslation();
  return (
    <ActDialog<{ gameId: string }>
      title={t('accounts.openId')}
      text={t('player.openIdText')}
      asksReason={false}
      confirm={async ({ gameId }) => done({ gameId, value: await giveOpenId(uid, gameId.trim()) })}
      close={close}
    >
      <GameField isRequired />
    </ActDialog>
  );
}
