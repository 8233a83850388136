import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type OrderFilters, ordersQuery } from '../../api/orders';
import { ORDER_STATES, PAY_STATES } from '../../api/types';
import { CsvLink } from '../../shared/CsvLink';
import { ChoiceFilter, Filters, MoreFilters, TextFilter, TimeFilters } from '../../shared/Filters';
import { GameField } from '../../shared/GameFields';
import { PageHead } from '../../shared/PageHead';
import { useListAddress } from '../../shared/useListAddress';
import { OrdersTable } from './OrdersTable';

const MORE_NAMES = [
  'channel',
  'productId',
  'roleId',
  'serverId',
  'test',
  'openPayments',
  'moneyFrom',
  'moneyTo',
] as const;
const NAMES = [
  'gameId',
  'state',
  'payState',
  'userId',
  'merchantOrderId',
  'transactionId',
  'from',
  'to',
  ...MORE_NAMES,
] as const;

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
      <PageHead title={t('orders.title')}>
        <CsvLink list="orders" filters={filters} />
      </PageHead>
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
        <MoreFilters isOpen={MORE_NAMES.some((name) => filters[name] !== undefined)}>
          <TextFilter name="channel" label={t('orders.channel')} hint={t('orders.channelHint')} />
          <TextFilter name="productId" label={t('orders.productId')} />
          <TextFilter name="roleId" label={t('orders.roleId')} />
          <TextFilter name="serverId" label={t('orders.serverId')} />
          <ChoiceFilter
            name="test"
            label={t('orders.tests')}
            options={[
              { value: 'true', label: t('orders.testsOnly') },
              { value: 'false', label: t('orders.testsNot') },
            ]}
          />
          <ChoiceFilter
            name="openPayments"
            label={t('orders.openPayments')}
            options={[{ value: 'true', label: t('orders.openPaymentsOnly') }]}
          />
          <TextFilter name="moneyFrom" label={t('orders.moneyFrom')} />
          <TextFilter name="moneyTo" label={t('orders.moneyTo')} />
        </MoreFilters>
      </Filters>
      <OrdersTable query={query} paging={paging} />
    </>
  );
}
