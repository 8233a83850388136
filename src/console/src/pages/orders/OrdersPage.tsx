import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type OrderFilters, ordersQuery } from '../../api/orders';
import { ORDER_STATES, PAY_STATES } from '../../api/types';
import { ChoiceFilter, Filters, TextFilter, TimeFilters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { PageHead } from '../../shared/PageHead';
import { useListAddress } from '../../shared/useListAddress';
import { OrdersTable } from './OrdersTable';

const NAMES = ['gameId', 'state', 'payState', 'userId', 'merchantOrderId', 'transactionId', 'from', 'to'] as const;

export default function OrdersPage() {
  const { t } = useTranslation();
  const { filters, cursor, paging, apply } = useListAddress(NAMES);
  // What an address holds that is no filter is refused by the server, and shown as its fault.
  const query = useQuery({
    ...ordersQuery({ ...filters, cursor } as OrderFilters),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHead title={t('orders.title')} />
      <Filters filters={filters} apply={apply}>
        <GameField />
        <ChoiceFilter
          name="payState"
          label={t('orders.payState')}
          options={PAY_STATES.map((value) => ({ value, label: t(`payStates.${value}`) }))}
        />
        <ChoiceFilter
          name="state"
          label={t('common.state')}
          options={ORDER_STATES.map((value) => ({ value, label: t(`orderStates.${value}`) }))}
        />
        <TextFilter name="userId" label={t('orders.player')} />
        <TextFilter name="merchantOrderId" label={t('orders.merchantOrderId')} />
        <TextFilter name="transactionId" label={t('orders.transactionId')} />
        <TimeFilters />
      </Filters>
      <OrdersTable query={query} paging={paging} />
    </>
  );
}
