import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { redeliverMany } from '../../api/callbacks';
import { CALLBACK_STATUSES, type CallbackStatus } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { GameField } from '../../shared/GameFields';
import { toUtc } from '../../shared/time';

interface Fields {
  gameId: string;
  status: CallbackStatus;
  since?: string;
}

interface Props {
  filters: { gameId?: string; status?: string };
  started: (jobId: string) => void;
  close: () => void;
}

/** Sends all callbacks of a game that are in one state again, as a job of the server. */
export function BulkDialog({ filters, started, close }: Props) {
  const { t } = useTranslation();
  const statuses = CALLBACK_STATUSES.filter((status) => status !== 'delivering');
  const status = statuses.find((one) => one === filters.status) ?? 'exhausted';

  async function run(fields: Fields): Promise<void> {
    const job = await redeliverMany(fields.gameId.trim(), fields.status, toUtc(fields.since) ?? null);
    started(job.jobId);
  }

  return (
    <ActDialog<Fields>
      title={t('callbacks.bulk')}
      text={t('callbacks.bulkText')}
      asksReason={false}
      initial={{ gameId: filters.gameId, status }}
      confirm={run}
      close={close}
    >
      <GameField isRequired />
      <Form.Item name="status" label={t('common.state')}>
        <Select options={statuses.map((value) => ({ value, label: t(`callbackStates.${value}`) }))} />
      </Form.Item>
      <Form.Item name="since" label={t('callbacks.bulkSince')} extra={t('common.localTime')}>
        <Input type="datetime-local" step={1} />
      </Form.Item>
    </ActDialog>
  );
}
