import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { fetchStatement, refreshReconciliations } from '../../api/reconciliations';
import { STORES, type Store } from '../../api/types';
import { AccountField } from '../../shared/AccountField';
import { ActDialog } from '../../shared/ActDialog';
import { GameField } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';

interface Fields {
  channel: Store;
  account?: string;
  gameId: string;
  day: string;
  reason: string;
}

export function FetchDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run(fields: Fields): Promise<void> {
    await fetchStatement({ ...fields, gameId: fields.gameId.trim(), account: fields.account?.trim() || undefined });
    void message.success(t('statementFetches.asked'));
    await refreshReconciliations();
  }

  const required = [{ required: true, message: t('common.required') }];
  return (
    <ActDialog<Fields>
      title={t('statementFetches.fetch')}
      text={t('statementFetches.fetchText')}
      confirm={run}
      close={close}
    >
      <Form.Item name="channel" label={t('reconciliations.channel')} rules={required}>
        <Select options={STORES.map((value) => ({ value, label: t(`stores.${value}`) }))} />
      </Form.Item>
      <GameField isRequired />
      <AccountField />
      <Form.Item name="day" label={t('reconciliations.day')} rules={required}>
        <Input type="date" />
      </Form.Item>
    </ActDialog>
  );
}
