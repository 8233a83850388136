import { Button, Empty, Table, type TableProps } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../api/types';
import { FaultAlert } from './FaultAlert';
import type { Paging } from './useListAddress';
import { useNarrow } from './useNarrow';

interface Props<T> {
  /** For those who do not see the table. */
  label: string;
  query: {
    data: Page<T> | undefined;
    error: unknown;
    isFetching: boolean;
    isPending: boolean;
    refetch: () => unknown;
  };
  rowKey: keyof T & string;
  columns: TableProps<T>['columns'];
  /** An item where the screen is too narrow for columns. */
  compact: (item: T) => ReactNode;
  expand?: (item: T) => ReactNode;
  paging: Paging;
}

/** A list that comes in pages. On a phone each item is one block, so that nothing has to be moved sideways. */
export function ListTable<T extends object>({ label, query, rowKey, columns, compact, expand, paging }: Props<T>) {
  const { t } = useTranslation();
  const isNarrow = useNarrow();
  const next = query.data?.nextCursor;
  return (
    <section aria-label={label} aria-busy={query.isFetching}>
      <FaultAlert fault={query.error} retry={query.refetch} />
      <Table<T>
        size="small"
        rowKey={rowKey}
        dataSource={query.data?.items ?? []}
        loading={query.isPending && !query.error}
        columns={isNarrow ? [{ key: 'item', render: (_, item) => compact(item) }] : columns}
        showHeader={!isNarrow}
        pagination={false}
        scroll={isNarrow ? undefined : { x: 'max-content' }}
        expandable={expand && { expandedRowRender: expand, columnWidth: 36 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('common.empty')} /> }}
      />
      <nav className="paging" aria-label={label}>
        <Button onClick={() => void query.refetch()}>{t('common.refresh')}</Button>
        <span className="grow" />
        <Button disabled={!paging.first} onClick={() => paging.first?.()}>
          {t('common.first')}
        </Button>
        <Button disabled={!paging.previous} onClick={() => paging.previous?.()}>
          {t('common.previous')}
        </Button>
        <Button disabled={!next} onClick={() => next && paging.next?.(next)}>
          {t('common.next')}
        </Button>
      </nav>
    </section>
  );
}
