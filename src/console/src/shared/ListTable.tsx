import { DownOutlined, RightOutlined } from '@ant-design/icons';
import Table, { type ColumnsType } from '@rc-component/table';
import { Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PAGE_ITEMS, type Page } from '../api/types';
import { FaultAlert } from './FaultAlert';
import type { Paging } from './useListAddress';
import { useNarrow } from './useNarrow';

export type Columns<T> = ColumnsType<T>;

export interface ListQuery<T> {
  data: Page<T> | undefined;
  error: unknown;
  isFetching: boolean;
  isPending: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  /** For those who do not see the table. */
  label: string;
  query: ListQuery<T>;
  rowKey: keyof T & string;
  columns: Columns<T>;
  /** An item where the screen is too narrow for columns. */
  compact: (item: T) => ReactNode;
  expand?: (item: T) => ReactNode;
  /** Null: the list is one page. */
  paging: Paging | null;
  /** What is said of a list without items. */
  empty?: string;
}

/** A list that comes in pages. On a phone each item is one block, so that nothing has to be moved sideways.
 * The table is the one inside Ant Design's: that one brings menus, trees and choices for filters and selections, which no list here has. */
export function ListTable<T extends object>({
  label,
  query,
  rowKey,
  columns,
  compact,
  expand,
  paging,
  empty,
}: Props<T>) {
  const { t } = useTranslation();
  const isNarrow = useNarrow();
  const items = query.data?.items ?? [];
  const next = query.data?.nextCursor;
  const isWaiting = query.isPending && !query.error;
  // With filters that few entries meet, a page is short, or empty, though the list goes on.
  const isPart = Boolean(next) && items.length < PAGE_ITEMS;
  const goOn = () => next && paging?.next?.(next);
  const nothing = isPart ? <NothingYet isBusy={query.isFetching} goOn={goOn} /> : (empty ?? t('common.empty'));
  return (
    <section aria-label={label} aria-busy={query.isFetching}>
      <FaultAlert fault={query.error} retry={query.refetch} />
      <Table<T>
        prefixCls="list"
        className={isNarrow ? 'list-narrow' : undefined}
        rowKey={rowKey}
        data={items}
        columns={isNarrow ? [{ key: 'item', render: (_, item) => compact(item) }] : columns}
        showHeader={!isNarrow}
        scroll={isNarrow || !query.data?.items.length ? undefined : { x: 'max-content' }}
        expandable={
          expand && {
            expandedRowRender: expand,
            columnWidth: 36,
            expandIcon: ({ expanded, onExpand, record }) => (
              <Button
                type="text"
                size="small"
                aria-label={t(expanded ? 'common.less' : 'common.more')}
                aria-expanded={expanded}
                icon={expanded ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
                onClick={(event) => onExpand(record, event)}
              />
            ),
          }
        }
        emptyText={isWaiting ? <Spin /> : query.error ? null : nothing}
      />
      {isPart && items.length > 0 && <output className="list-part faint">{t('common.partOnly')}</output>}
      <nav className="paging" aria-label={label}>
        <Button onClick={() => void query.refetch()}>{t('common.refresh')}</Button>
        {paging && (
          <>
            <span className="grow" />
            <Button disabled={!paging.first} onClick={() => paging.first?.()}>
              {t('common.first')}
            </Button>
            <Button disabled={!paging.previous} onClick={() => paging.previous?.()}>
              {t('common.previous')}
            </Button>
            <Button disabled={!next} onClick={goOn}>
              {t('common.next')}
            </Button>
          </>
        )}
      </nav>
    </section>
  );
}

function NothingYet({ isBusy, goOn }: { isBusy: boolean; goOn: () => unknown }) {
  const { t } = useTranslation();
  return (
    <div className="list-go-on">
      {t('common.emptySoFar')}
      <Button loading={isBusy} onClick={goOn}>
        {t('common.searchOn')}
      </Button>
    </div>
  );
}
