import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { hasApp, putApp, refreshApps } from '../../api/apps';
import { ApiFault } from '../../api/fault';
import { PROTOCOLS, type Protocol } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { drawSecret } from '../../shared/drawSecret';
import { useMessages } from '../../shared/messages';

interface Fields {
  gameId: string;
  name: string;
  protocol: Protocol;
}

interface Props {
  done: (made: { gameId: number; secret: string }) => void;
  close: () => void;
}

/** Makes an app with what it cannot be without; its page has the rest. */
export function NewAppDialog({ done, close }: Props) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run({ gameId, name, protocol }: Fields): Promise<void> {
    const number = gameId.trim();
    // The server takes the same call for a change: an app that exists must not be changed here.
    if (await hasApp(number)) {
      throw new ApiFault(400, '', [{ field: 'gameId', allowed: 'there is an app of this number' }]);
    }
    const secret = drawSecret();
    const app = await putApp(number, { name: name.trim(), protocol, secret });
    await refreshApps();
    void message.success(t('apps.made'));
    done({ gameId: app.gameId, secret });
  }

  const required = { required: true, whitespace: true, message: t('common.required') };
  return (
    <ActDialog<Fields>
      title={t('apps.new')}
      text={t('apps.newText')}
      asksReason={false}
      initial={{ protocol: 'OrderApi' }}
      confirm={run}
      close={close}
    >
      <Form.Item
        name="gameId"
        label={t('apps.gameId')}
        extra={t('apps.gameIdHint')}
        rules={[required, { pattern: /^\s*[1-9]\d{0,9}\s*$/, message: t('serverSays.gameNumber') }]}
      >
        <Input autoFocus inputMode="numeric" autoComplete="off" maxLength={10} />
      </Form.Item>
      <Form.Item name="name" label={t('apps.name')} rules={[required]}>
        <Input autoComplete="off" maxLength={256} />
      </Form.Item>
      <Form.Item name="protocol" label={t('apps.protocol')}>
        <Select options={PROTOCOLS.map((value) => ({ value, label: t(`protocols.${value}`) }))} />
      </Form.Item>
    </ActDialog>
  );
}
