import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Products, productsQuery } from '../../api/products';
import { FaultAlert } from '../../shared/FaultAlert';
import { ProductsForm } from './ProductsForm';

/** The catalogue of a game: what its orders may be for, at which prices, and what stores call it. */
export function ProductsPanel({ gameId, isAdmin }: { gameId: string; isAdmin: boolean }) {
  const { t } = useTranslation();
  const { data: products, error, refetch } = useQuery(productsQuery(gameId));
  const [isEdited, setEdited] = useState(false);
  return (
    <section className="panel" aria-label={t('products.title')}>
      <h2>{t('products.title')}</h2>
      <p className="faint">{t('products.hint')}</p>
      <FaultAlert fault={error} retry={refetch} />
      {products && !isEdited && (
        <>
          {Object.keys(products).length > 0 ? <ProductsTable products={products} /> : <p>{t('products.none')}</p>}
          {isAdmin && <Button onClick={() => setEdited(true)}>{t('products.edit')}</Button>}
        </>
      )}
      {products && isEdited && <ProductsForm gameId={gameId} products={products} close={() => setEdited(false)} />}
    </section>
  );
}

function ProductsTable({ products }: { products: Products }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="scrolled" tabIndex={0} aria-label={t('products.table')}>
      <table className="small-table">
        <thead>
          <tr>
            <th scope="col">{t('products.product')}</th>
            <th scope="col">{t('products.name')}</th>
            <th scope="col">{t('products.prices')}</th>
            <th scope="col">{t('products.skus')}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(products).map(([id, { name, prices, skus }]) => (
            <tr key={id}>
              <th scope="row">{id}</th>
              <td>{name}</td>
              <td>
                <Lines lines={Object.entries(prices).map(([currency, money]) => `${money} ${currency}`)} />
              </td>
              <td>
                <Lines lines={Object.entries(skus ?? {}).map(([channel, sku]) => `${channel}: ${sku}`)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}
