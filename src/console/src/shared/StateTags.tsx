import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CallbackStatus, NotificationState, OrderState, PayState } from '../api/types';

const PAY_COLORS: Record<PayState, string> = { unpaid: 'default', paid: 'success', refunded: 'warning' };

const ORDER_COLORS: Record<OrderState, string> = {
  created: 'default',
  delivering: 'processing',
  delivered: 'success',
  failed: 'error',
  closed: 'default',
  review: 'warning',
};

const CALLBACK_COLORS: Record<CallbackStatus, string> = {
  pending: 'processing',
  delivering: 'processing',
  delivered: 'success',
  exhausted: 'error',
  held: 'warning',
  cancelled: 'default',
};

const NOTIFICATION_COLORS: Record<NotificationState, string> = {
  waiting: 'processing',
  applied: 'success',
  ignored: 'default',
  unclaimed: 'warning',
  unapplied: 'warning',
  held: 'warning',
  failed: 'error',
};

export function OrderTags({ payState, state, test }: { payState: string; state: string; test: boolean }) {
  const { t } = useTranslation();
  const [pay, progress] = [payState as PayState, state as OrderState];
  return (
    <span className="tags">
      <Tag color={PAY_COLORS[pay]}>{t(`payStates.${pay}`)}</Tag>
      <Tag color={ORDER_COLORS[progress]}>{t(`orderStates.${progress}`)}</Tag>
      {test && <TestTag />}
    </span>
  );
}

/** Marks what a tester of the store paid, with no real money. */
export function TestTag() {
  const { t } = useTranslation();
  return <Tag color="purple">{t('common.test')}</Tag>;
}

export function CallbackTag({ status }: { status: string }) {
  const { t } = useTranslation();
  const known = status as CallbackStatus;
  return <Tag color={CALLBACK_COLORS[known]}>{t(`callbackStates.${known}`)}</Tag>;
}

export function NotificationTag({ state }: { state: string }) {
  const { t } = useTranslation();
  const known = state as NotificationState;
  return <Tag color={NOTIFICATION_COLORS[known]}>{t(`notificationStates.${known}`)}</Tag>;
}
