import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { refreshReconciliations, uploadStatement } from '../../api/reconciliations';
import { STORES, type Store } from '../../api/types';
import { AccountField } from '../../shared/AccountField';
import { ActDialog } from '../../shared/ActDialog';
import { FileField } from '../../shared/FileField';
import { GameField } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';

interface Fields {
  channel: Store;
  account?: string;
  gameId: string;
  day: string;
  lastDay?: string;
  file: File;
}

export function UploadDialog({ done, close }: { done: (id: string) => void; close: () => void }) {
  const { t } = useTranslation();
  const message = useMessages();

  async function run({ channel, gameId, account, day, lastDay, file }: Fields): Promise<void> {
    const made = await uploadStatement(
      { channel, gameId: gameId.trim(), account: account?.trim() || undefined, day, lastDay: lastDay || undefined },
      file,
    );
    void message.success(t('reconciliations.uploaded'));
    await refreshReconciliations();
    done(made.id);
  }

  const required = [{ required: true, message: t('common.required') }];
  return (
    <ActDialog<Fields>
      title={t('reconciliations.upload')}
      text={t('reconciliations.uploadText')}
      asksReason={false}
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
      <Form.Item name="lastDay" label={t('reconciliations.lastDay')} extra={t('reconciliations.lastDayHint')}>
        <Input type="date" />
      </Form.Item>
      <FileField
        name="file"
        label={t('reconciliations.file')}
        accept=".csv,.txt,.tsv,text/*"
        missing={t('reconciliations.fileMissing')}
      />
    </ActDialog>
  );
}
