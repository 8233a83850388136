import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { createToken } from '../../api/administration';
import { queryClient } from '../../api/queryClient';
import type { Role, Token } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { GamesField } from '../../shared/GameFields';
import { gamesOf } from '../../shared/gamesOf';
import { useMessages } from '../../shared/messages';
import { RoleField } from '../../shared/RoleField';
import { toUtc } from '../../shared/time';

interface Fields {
  name: string;
  role: Role;
  games?: string[];
  expiresAt?: string;
}

const NAME_MAX = 64;

export function NewTokenDialog({ done, close }: { done: (token: Token) => void; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run({ name, role, games, expiresAt }: Fields): Promise<void> {
    const made = await createToken({
      name: name.trim(),
      role,
      games: gamesOf(games),
      expiresAt: toUtc(expiresAt) ?? null,
    });
    done(made);
    void message.success(t('tokens.made', { name: made.name }));
    await queryClient.invalidateQueries({ queryKey: ['tokens'] });
  }

  return (
    <ActDialog<Fields>
      title={t('tokens.new')}
      text=""
      asksReason={false}
      initial={{ role: 'viewer' }}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="name"
        label={t('tokens.name')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={NAME_MAX} />
      </Form.Item>
      <RoleField />
      <GamesField />
      <Form.Item name="expiresAt" label={t('tokens.expires')} extra={t('tokens.expiresHint')}>
        <Input type="datetime-local" step={1} />
      </Form.Item>
    </ActDialog>
  );
}
