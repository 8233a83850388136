import { useQueries, useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { gamesQuery } from '../../api/administration';
import { stockQuery } from '../../api/cards';
import { ordersQuery } from '../../api/orders';
import { useRole } from '../../api/session';
import type { Stock } from '../../api/types';
import { FaultAlert } from '../../shared/FaultAlert';
import { ChoiceFilter, Filters, TextFilter } from '../../shared/Filters';
import { hasRole } from '../../shared/hasRole';
import { type Columns, ListTable } from '../../shared/ListTable';
import { PageHead } from '../../shared/PageHead';
import { Time } from '../../shared/Time';
import { useListAddress } from '../../shared/useListAddress';
import { ImportDialog } from './ImportDialog';

const NAMES = ['gameId', 'productId'] as const;
const ORDERS_MAX = 200;
const PRODUCTS_MAX = 20;

/** The stock of cards, and the orders that wait for them. */
export default function CardsPage() {
  const { t } = useTranslation();
  const mayImport = hasRole(useRole(), 'finance');
  const { filters, apply } = useListAddress(NAMES);
  const games = useQuery(gamesQuery);
  const sellers = (games.data ?? []).filter(({ protocol }) => protocol === 'CardRecharge');
  const gameId = filters.gameId ?? (sellers.length === 1 ? String(sellers[0]?.gameId) : undefined);
  const [isImporting, setImporting] = useState(false);
  return (
    <>
      <PageHead title={t('cards.title')}>
        {mayImport && gameId && (
          <Button type="primary" onClick={() => setImporting(true)}>
            {t('cards.import')}
          </Button>
        )}
      </PageHead>
      <FaultAlert fault={games.error} retry={games.refetch} />
      <Filters filters={{ ...filters, gameId }} apply={apply}>
        <ChoiceFilter
          name="gameId"
          label={t('common.game')}
          options={sellers.map(({ gameId: number, name }) => ({ value: String(number), label: `${number} · ${name}` }))}
        />
        <TextFilter name="productId" label={t('cards.product')} />
      </Filters>
      {games.data && sellers.length === 0 && <p>{t('cards.noGames')}</p>}
      {sellers.length > 0 && !gameId && <p>{t('cards.choose')}</p>}
      {gameId && <StockLevels gameId={gameId} productId={filters.productId} />}
      {gameId && isImporting && (
        <ImportDialog gameId={gameId} productId={filters.productId} close={() => setImporting(false)} />
      )}
    </>
  );
}

function StockLevels({ gameId, productId }: { gameId: string; productId: string | undefined }) {
  const { t } = useTranslation();
  const orders = useQuery({ ...ordersQuery({ gameId, limit: ORDERS_MAX }), enabled: productId === undefined });
  const products = productId
    ? [productId]
    : [...new Set((orders.data?.items ?? []).map((order) => order.productId))].slice(0, PRODUCTS_MAX);
  const stocks = useQueries({ queries: products.map((product) => stockQuery(gameId, product)) });
  const query = {
    data: { items: stocks.flatMap(({ data }) => data ?? []), nextCursor: null },
    error: orders.error ?? stocks.find(({ error }) => error)?.error ?? null,
    isFetching: orders.isFetching || stocks.some(({ isFetching }) => isFetching),
    isPending: (productId === undefined && orders.isPending) || stocks.some(({ isPending }) => isPending),
    refetch: () => Promise.all([orders.refetch(), ...stocks.map(({ refetch }) => refetch())]),
  };
  const waiting = (stock: Stock) =>
    stock.waitingOrders > 0 ? (
      <Link to={`/orders?gameId=${gameId}&payState=paid&state=created`} title={t('cards.orders')}>
        {stock.waitingOrders}
      </Link>
    ) : (
      0
    );
  const columns: Columns<Stock> = [
    { title: t('cards.product'), dataIndex: 'productId' },
    { title: t('cards.inStock'), dataIndex: 'inStock', align: 'right' },
    { title: t('common.state'), key: 'state', render: (_, stock) => <StockTag stock={stock} /> },
    { title: t('cards.waitingOrders'), key: 'orders', align: 'right', render: (_, stock) => waiting(stock) },
    { title: t('cards.waitingCards'), dataIndex: 'waitingCards', align: 'right' },
    { title: t('cards.waitingSince'), key: 'since', render: (_, { waitingSince }) => <Time at={waitingSince} /> },
  ];
  return (
    <>
      <p className="faint">
        {t('cards.productHint')} {t('cards.shown')}
      </p>
      <ListTable
        label={t('cards.title')}
        query={query}
        rowKey="productId"
        columns={columns}
        paging={null}
        empty={t('cards.noProducts')}
        compact={(stock) => (
          <div className="compact">
            <div className="compact-row">
              <strong>{stock.productId}</strong>
              <StockTag stock={stock} />
            </div>
            <div className="compact-row">
              <span>
                {t('cards.inStock')}: {stock.inStock}
              </span>
              <span>
                {t('cards.waitingOrders')}: {waiting(stock)}
              </span>
            </div>
          </div>
        )}
      />
    </>
  );
}

function StockTag({ stock }: { stock: Stock }) {
  const { t } = useTranslation();
  if (stock.inStock === 0) {
    return <Tag color="error">{t('cards.out')}</Tag>;
  }
  return stock.waitingOrders > 0 ? (
    <Tag color="warning">{t('cards.short')}</Tag>
  ) : (
    <Tag color="success">{t('cards.good')}</Tag>
  );
}
