import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Found, FoundKind } from '../../api/types';

/** Where each kind of result is shown. */
const ADDRESSES: Record<FoundKind, (found: Found) => string> = {
  order: ({ id }) => `/orders/${encodeURIComponent(id)}`,
  player: ({ gameId, id }) => `/players/${gameId}/${encodeURIComponent(id)}`,
  callback: ({ id }) => `/callbacks/${encodeURIComponent(id)}`,
  notification: ({ id }) => `/notifications?id=${encodeURIComponent(id)}`,
};

export function addressOf(found: Found): string {
  return ADDRESSES[found.kind as FoundKind]?.(found) ?? '/search';
}

export function FoundList({ items }: { items: Found[] }) {
  const { t } = useTranslation();
  return (
    <ul className="results">
      {items.map((found) => (
        <li key={`${found.kind} ${found.id} ${found.gameId}`} className="compact">
          <div className="compact-row">
            <span className="tags">
              <Tag>{t(`kinds.${found.kind as FoundKind}`, { defaultValue: found.kind })}</Tag>
              <Link to={addressOf(found)}>{found.title}</Link>
            </span>
            <span className="faint">
              {t('common.game')} {found.gameId}
            </span>
          </div>
          {/* The game stands beside already. */}
          <span className="faint">{found.subtitle.replace(/^game \d+(, )?/, '')}</span>
        </li>
      ))}
    </ul>
  );
}
