import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRole } from '../../api/session';
import type { Order } from '../../api/types';
import { workQuery } from '../../api/work';
import { Deadline } from '../../shared/Deadline';
import { hasRole } from '../../shared/hasRole';
import RefundAnswerDialog from '../../shared/RefundAnswerDialog';

const REFRESH_MS = 30_000;

/** That the store of an order asks whether it should refund the player, while it takes an answer. */
export function RefundQuestion({ order }: { order: Order }) {
  const { t } = useTranslation();
  const mayAnswer = hasRole(useRole(), 'finance');
  const [isAsking, setAsking] = useState(false);
  const { data: work } = useQuery({
    ...workQuery(order.gameId),
    enabled: order.payState !== 'unpaid',
    refetchInterval: REFRESH_MS,
  });
  const asked = work?.items.flatMap((one) => one.refundQuestions).find(({ orderId }) => orderId === order.orderId);
  return (
    <>
      {asked && (
        <Alert
          type="warning"
          showIcon
          title={t('refundAnswer.asked')}
          description={<Deadline at={asked.deadline} />}
          action={mayAnswer && <Button onClick={() => setAsking(true)}>{t('refundAnswer.answer')}</Button>}
        />
      )}
      {isAsking && <RefundAnswerDialog orderId={order.orderId} close={() => setAsking(false)} />}
    </>
  );
}
