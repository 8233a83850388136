import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRole } from '../../api/session';
import type { Order } from '../../api/types';
import { type Act, actsOf } from './acts';
import { CardsButton } from './CardsButton';
import { OrderDialog } from './OrderDialog';

const DANGEROUS: readonly Act[] = ['refund', 'close'];

/** The acts that one may do with this order now. */
export function Buttons({ order }: { order: Order }) {
  const { t } = useTranslation();
  const role = useRole();
  const [act, setAct] = useState<Act | null>(null);
  return (
    <>
      {actsOf(order, role).map((one) => (
        <Button key={one} danger={DANGEROUS.includes(one)} onClick={() => setAct(one)}>
          {t(`buttons.${one}`)}
        </Button>
      ))}
      <CardsButton order={order} />
      {act && <OrderDialog act={act} order={order} close={() => setAct(null)} />}
    </>
  );
}
