import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { cancelJob, jobQuery } from '../../api/callbacks';
import { FaultAlert } from '../../shared/FaultAlert';

const REFRESH_MS = 2_000;

/** How far a redelivery in bulk is, and its end where somebody wants it. */
export function JobState({ jobId, mayCancel }: { jobId: string; mayCancel: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: job, error } = useQuery({
    ...jobQuery(jobId),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : REFRESH_MS),
  });
  const cancelling = useMutation({
    mutationFn: () => cancelJob(jobId),
    onSettled: () => client.invalidateQueries({ queryKey: jobQuery(jobId).queryKey }),
  });
  if (!job) {
    return <FaultAlert fault={error} />;
  }
  const count = job.redelivered;
  const isRunning = job.state === 'running';
  const text =
    job.state === 'done'
      ? t('callbacks.bulkDone', { count })
      : job.state === 'cancelled'
        ? t('callbacks.bulkCancelled', { count })
        : t('callbacks.bulkState', { count });
  return (
    <>
      <Alert
        type={job.state === 'done' ? 'success' : 'info'}
        showIcon
        role="status"
        title={text}
        // How many there are in all is known at the end only.
        description={isRunning && <progress className="progress" aria-label={t('callbacks.bulk')} />}
        action={
          isRunning &&
          mayCancel && (
            <Button size="small" loading={cancelling.isPending} onClick={() => cancelling.mutate()}>
              {t('callbacks.bulkCancel')}
            </Button>
          )
        }
      />
      <FaultAlert fault={cancelling.error} />
    </>
  );
}
