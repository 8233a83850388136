import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { jobQuery } from '../../api/callbacks';
import { FaultAlert } from '../../shared/FaultAlert';

const REFRESH_MS = 2_000;

/** How far a redelivery in bulk is. */
export function JobState({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : REFRESH_MS),
  });
  if (!job) {
    return <FaultAlert fault={error} />;
  }
  const count = job.redelivered;
  const text =
    job.state === 'done'
      ? t('callbacks.bulkDone', { count })
      : job.state === 'cancelled'
        ? t('callbacks.bulkCancelled', { count })
        : t('callbacks.bulkState', { count });
  return <Alert type={job.state === 'done' ? 'success' : 'info'} showIcon role="status" title={text} />;
}
