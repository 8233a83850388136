import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { searchQuery } from '../../api/search';
import { Waiting } from '../../app/Waiting';
import { FaultAlert } from '../../shared/FaultAlert';
import { PageHead } from '../../shared/PageHead';
import { addressOf, FoundList } from './FoundList';

/** What the search box finds; the one thing that it finds is shown at once. */
export default function SearchPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const q = params.get('q')?.trim() ?? '';
  const { data, ...query } = useQuery(searchQuery(q));
  const items = data?.items ?? [];
  const [only] = items;

  if (only && items.length === 1) {
    return <Navigate to={addressOf(only)} replace />;
  }
  return (
    <>
      <PageHead title={q ? t('search.of', { q }) : t('search.title')} />
      <FaultAlert fault={query.error} retry={query.refetch} />
      {q === '' && <p>{t('search.ask')}</p>}
      {query.isLoading && <Waiting />}
      {data && items.length === 0 && <p>{t('search.nothingAtAll')}</p>}
      {items.length > 0 && (
        <section className="panel" aria-label={t('search.title')}>
          <FoundList items={items} />
        </section>
      )}
    </>
  );
}
