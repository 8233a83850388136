import { Alert, Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { redeliver } from '../../api/callbacks';
import { toFault } from '../../api/fault';
import { refreshOrders } from '../../api/orders';
import { faultText } from '../../texts/serverSays';

/** Callbacks that were chosen to be sent again. */
export interface Chosen {
  ids: string[];
  reason: string;
}

/** Sends chosen callbacks again, one after the other, until all are queued or somebody ends it. */
export function Sending({ chosen, close }: { chosen: Chosen; close: () => void }) {
  const { t } = useTranslation();
  const [done, setDone] = useState(0);
  const [faults, setFaults] = useState<{ id: string; error: unknown }[]>([]);
  const [isEnded, setEnded] = useState(false);
  const total = chosen.ids.length;

  useEffect(() => {
    let isOver = isEnded;
    async function run(): Promise<void> {
      for (const id of chosen.ids) {
        if (isOver) {
          break;
        }
        try {
          await redeliver(id, chosen.reason);
        } catch (error) {
          setFaults((all) => [...all, { id, error }]);
        }
        setDone((count) => count + 1);
      }
      await refreshOrders();
    }
    if (!isOver) {
      void run();
    }
    return () => {
      isOver = true;
    };
  }, [chosen, isEnded]);

  const isRunning = done < total && !isEnded;
  return (
    <Alert
      type={faults.length > 0 ? 'warning' : isRunning ? 'info' : 'success'}
      showIcon
      role="status"
      title={t(isEnded ? 'callbacks.sendingEnded' : 'callbacks.sending', { done: done - faults.length, total })}
      description={
        <>
          {isRunning && <progress className="progress" aria-label={t('callbacks.selected')} value={done} max={total} />}
          {faults.map(({ id, error }) => (
            <div key={id} className="break">
              {id}: {faultText(t, toFault(error))}
            </div>
          ))}
        </>
      }
      action={
        <Button size="small" onClick={isRunning ? () => setEnded(true) : close}>
          {t(isRunning ? 'callbacks.bulkCancel' : 'common.close')}
        </Button>
      }
    />
  );
}
