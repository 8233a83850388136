import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { orderCards } from '../../api/cards';
import { refreshOrders } from '../../api/orders';
import { useRole } from '../../api/session';
import type { Card, Order } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { CopyText } from '../../shared/CopyText';
import { hasRole } from '../../shared/hasRole';

const SOLD_BY = 'CardRecharge';

/** Reads the cards that an order was given. Whoever sees a card can spend it: the act is kept with its reason. */
export function CardsButton({ order }: { order: Order }) {
  const { t } = useTranslation();
  const mayRead = hasRole(useRole(), 'finance');
  const [isAsking, setAsking] = useState(false);
  const [cards, setCards] = useState<Card[] | null>(null);
  if (!mayRead || order.protocol !== SOLD_BY || order.state !== 'delivered') {
    return null;
  }

  async function read(reason: string): Promise<void> {
    setCards(await orderCards(order.orderId, reason));
    await refreshOrders();
  }

  return (
    <>
      <Button onClick={() => setAsking(true)}>{t('orderCards.show')}</Button>
      {isAsking && (
        <ActDialog<{ reason: string }>
          title={t('orderCards.show')}
          text={t('orderCards.text')}
          confirm={({ reason }) => read(reason.trim())}
          close={() => setAsking(false)}
        />
      )}
      {cards && (
        <Modal
          open
          title={t('orderCards.title')}
          closable={false}
          footer={<Button onClick={() => setCards(null)}>{t('common.done')}</Button>}
        >
          {cards.length === 0 && <p>{t('orderCards.none')}</p>}
          <ol className="plain">
            {cards.map((card) => (
              <li key={`${card.cardNo} ${card.cardPassword}`}>
                <CopyText text={card.cardNo} what={t('orderCards.no')} />{' '}
                <CopyText text={card.cardPassword} what={t('orderCards.password')} />{' '}
                <CopyText text={card.cardRect} what={t('orderCards.gift')} />
              </li>
            ))}
          </ol>
        </Modal>
      )}
    </>
  );
}
