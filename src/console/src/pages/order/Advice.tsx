import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types';
import type { Texts } from '../../texts/en';

type State = keyof Texts['advice'];

/** The state of an order in plain words, and what whoever looks at it should do. */
export function Advice({ order }: { order: Order }) {
  const { t } = useTranslation();
  const state = `${order.payState}_${order.state}` as State;
  return (
    <section className="panel advice" aria-label={t('order.next')}>
      <p className="advice-state">{t(`advice.${state}.state`)}</p>
      {order.stateReason && (
        <p>
          {t('order.stateReason')}: {order.stateReason}
        </p>
      )}
      <p className="faint">
        {t('order.next')}: {t(`advice.${state}.next`)}
      </p>
    </section>
  );
}
