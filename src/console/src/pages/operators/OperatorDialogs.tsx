import { Checkbox, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { changeOperator, createOperator } from '../../api/administration';
import { queryClient } from '../../api/queryClient';
import type { Operator, Role } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { GamesField } from '../../shared/GameFields';
import { gamesOf } from '../../shared/gamesOf';
import { useMessages } from '../../shared/messages';
import { RoleField } from '../../shared/RoleField';
import { type ChangeFields, changesOf } from './changesOf';

const NAME_MAX = 64;

interface Props {
  /** The operator as the server answered him, with the first password where one was given. */
  done: (operator: Operator) => void;
  close: () => void;
}

const refresh = () => queryClient.invalidateQueries({ queryKey: ['operators'] });

export function NewOperatorDialog({ done, close }: Props) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run({ name, role, games }: { name: string; role: Role; games?: string[] }): Promise<void> {
    const made = await createOperator({ name: name.trim(), role, games: gamesOf(games) });
    done(made);
    void message.success(t('operators.made', { name: made.name }));
    await refresh();
  }

  return (
    <ActDialog<{ name: string; role: Role; games?: string[] }>
      title={t('operators.new')}
      text=""
      asksReason={false}
      initial={{ role: 'viewer' }}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="name"
        label={t('operators.name')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={NAME_MAX} />
      </Form.Item>
      <RoleField />
      <GamesField />
    </ActDialog>
  );
}

export function ChangeOperatorDialog({ operator, done, close }: Props & { operator: Operator }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run(fields: ChangeFields): Promise<void> {
    const changes = changesOf(operator, fields);
    if (Object.keys(changes).length === 0) {
      void message.info(t('operators.nothing'));
      return;
    }
    done(await changeOperator(operator.name, changes));
    void message.success(t('operators.changed', { name: operator.name }));
    await refresh();
  }

  return (
    <ActDialog<ChangeFields>
      title={t('operators.change', { name: operator.name })}
      text={t('operators.changeText')}
      asksReason={false}
      initial={{
        role: operator.role as Role,
        games: operator.games?.map(String) ?? [],
        disabled: operator.disabled,
      }}
      confirm={run}
      close={close}
    >
      <RoleField />
      <GamesField />
      <Form.Item name="disabled" valuePropName="checked">
        <Checkbox>{t('operators.disable')}</Checkbox>
      </Form.Item>
      <Form.Item name="resetPassword" valuePropName="checked">
        <Checkbox>{t('operators.resetPassword')}</Checkbox>
      </Form.Item>
      {operator.hasSecondFactor && (
        <Form.Item name="resetTotp" valuePropName="checked">
          <Checkbox>{t('operators.resetTotp')}</Checkbox>
        </Form.Item>
      )}
    </ActDialog>
  );
}
