import { Timeline } from 'antd';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Callback, Order, OrderState, PayState, RefundPreference } from '../../api/types';
import { Answer } from '../../shared/Answer';
import { moneyText } from '../../shared/money';
import { NotificationTag } from '../../shared/StateTags';
import { Time } from '../../shared/Time';
import { waitText } from '../../shared/time';
import { useNow } from '../../shared/useNow';
import { type StoryEvent, storyOf } from './story';

type ActText =
  | 'close'
  | 'refund'
  | 'release'
  | 'settle'
  | 'hold'
  | 'paid'
  | 'paid, held'
  | 'result'
  | 'cards viewed'
  | 'refund asked at the store'
  | 'refund in part';
const ANSWERED = /^refund question answered: (decline|approve|neutral)$/;
type EventText = 'order.paid' | 'order.refunded' | 'order.closed' | 'order.result';

/** All that happened to an order, in one line of time, and what is to come counted down. */
export function Story({ order }: { order: Order }) {
  const { t } = useTranslation();
  const now = useNow(order.callbacks.some(({ status }) => status === 'pending'));
  return (
    <Timeline
      aria-label={t('order.timeline')}
      items={storyOf(order, now).map((event) => ({
        key: event.key,
        color: colorOf(event, now),
        content: (
          <div className="story">
            <Happened event={event} order={order} now={now} />
            {event.at && <Time at={event.at} inline />}
          </div>
        ),
      }))}
    />
  );
}

function colorOf(event: StoryEvent, now: number): string {
  switch (event.kind) {
    case 'paid':
    case 'delivered':
      return 'green';
    case 'refused':
    case 'exhausted':
      return 'red';
    case 'attempt':
      return event.attempt.error ? 'red' : event.attempt.durationMs === undefined ? 'blue' : 'green';
    case 'notification':
      return ['failed', 'unclaimed', 'unapplied', 'held'].includes(event.notification.state) ? 'orange' : 'blue';
    case 'held':
    case 'unapplied':
    case 'partRefund':
      return 'orange';
    case 'refund':
      return event.refund.state === 'done' ? 'green' : 'orange';
    case 'act':
      return 'purple';
    default:
      return event.at && Date.parse(event.at) > now ? 'gray' : 'blue';
  }
}

function Happened({ event, order, now }: { event: StoryEvent; order: Order; now: number }): ReactNode {
  const { t } = useTranslation();
  const eventName = ({ kind, event: name }: Callback) =>
    kind === 'event' ? t('events.told', { name }) : t(`events.${name as EventText}`, { defaultValue: name });
  const title = (text: string) => <span className="story-title">{text}</span>;
  switch (event.kind) {
    case 'created':
      return (
        <>
          {title(t('story.created'))}
          <span className="faint">
            {order.channel
              ? t('story.createdBy', { protocol: order.protocol, channel: order.channel })
              : order.protocol}
          </span>
        </>
      );
    case 'delivered':
      return title(t('story.delivered'));
    case 'expires':
      return title(t(event.isOver ? 'story.expired' : 'story.expires'));
    case 'purchased':
      return title(t('story.purchased'));
    case 'paid':
      return (
        <>
          {title(t('story.paid', { channel: event.payment.channel }))}
          <span className="break">
            {[event.payment.transactionId, moneyText(event.payment.money, event.payment.currency)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </>
      );
    case 'refused': {
      const { receipt } = event;
      return (
        <>
          {title(t('story.refused'))}
          <span>{receipt.reason}</span>
          <span className="faint break">
            {[receipt.channel, receipt.transactionId, receipt.productId].filter(Boolean).join(' · ')}
          </span>
          <span className="faint">{t(receipt.authentic ? 'story.authentic' : 'story.unproven')}</span>
          {receipt.count > 1 && (
            <span className="faint">
              {t('story.refusedTimes', { count: receipt.count })} <Time at={receipt.lastAt} inline />
            </span>
          )}
        </>
      );
    }
    case 'unapplied':
      return (
        <>
          {title(t('story.unapplied'))}
          <span>{event.unapplied.reason}</span>
          {event.unapplied.settledAt ? (
            <span className="faint">
              {t('story.settled')} <Time at={event.unapplied.settledAt} inline />
            </span>
          ) : (
            <span>{t('story.toSettle')}</span>
          )}
          <span className="faint break">
            {[
              event.unapplied.payment.channel,
              event.unapplied.payment.transactionId,
              moneyText(event.unapplied.payment.money, event.unapplied.payment.currency),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </>
      );
    case 'notification':
      return (
        <>
          <span className="tags">
            <Link className="story-title" to={`/notifications?id=${event.notification.id}`}>
              {t('story.notification', { channel: event.notification.channel })}
            </Link>
            <NotificationTag state={event.notification.state} />
          </span>
          {event.notification.outcome && <span>{event.notification.outcome}</span>}
        </>
      );
    case 'act':
      return (
        <>
          {title(
            t('story.act', {
              actor: event.act.actor,
              action: actionText(t, event.act.action),
            }),
          )}
          <span>
            {t('common.reason')}: {event.act.reason}
          </span>
          {event.act.from !== event.act.to && (
            <span className="faint">
              <Moved from={event.act.from} to={event.act.to} />
            </span>
          )}
        </>
      );
    case 'attempt':
      return (
        <>
          {title(t('story.attempt', { event: eventName(event.callback), number: event.attempt.number }))}
          <Answer attempt={event.attempt} />
        </>
      );
    case 'next': {
      const wait = event.at ? Date.parse(event.at) - now : 0;
      return (
        <>
          {title(t('story.next', { event: eventName(event.callback) }))}
          <span role="timer">{wait > 0 ? t('story.in', { wait: waitText(t, wait) }) : t('story.due')}</span>
        </>
      );
    }
    case 'exhausted':
    case 'held':
    case 'cancelled':
      return title(t(`story.${event.kind}`, { event: eventName(event.callback) }));
    case 'refund': {
      const { refund } = event;
      const state = t(`refundStates.${refund.state as 'done'}`, { defaultValue: refund.state });
      return (
        <>
          {title(
            t('story.refund', { money: moneyText(refund.money, order.payment?.currency ?? order.currency), state }),
          )}
          <span className="faint break">{[refund.number, refund.storeNumber].filter(Boolean).join(' · ')}</span>
          {refund.outcome && <span>{refund.outcome}</span>}
          {refund.nextAt && (
            <span className="faint">
              {t('story.refundAskedAgain')} <Time at={refund.nextAt} inline />
            </span>
          )}
        </>
      );
    }
    case 'partRefund':
      return title(t('story.partRefund', { money: moneyText(event.money, order.currency) }));
  }
}

/** What somebody did, in words; what has none as the server has it. */
function actionText(t: TFunction, action: string): string {
  const preference = ANSWERED.exec(action)?.[1];
  return preference
    ? t('acts.answered', { preference: t(`refundPreferences.${preference as RefundPreference}`) })
    : t(`acts.${action as ActText}`, { defaultValue: action });
}

/** paid/failed to paid/delivered, in words. */
function Moved({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation();
  const words = (state: string) => {
    const [pay, progress] = state.split('/') as [PayState, OrderState];
    return `${t(`payStates.${pay}`)} / ${t(`orderStates.${progress}`)}`;
  };
  return t('story.moved', { from: words(from), to: words(to) });
}
