import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Choices } from '../../app/Choices';
import { useTitle } from '../../shared/useTitle';

/** A page before the console: one card in the middle. */
export function EntryCard({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <main className="entry">
      <div className="brand">
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={28} height={28} />
        <span>{t('app.name')}</span>
      </div>
      <div className="entry-card">
        <h1>{title}</h1>
        {children}
      </div>
      <div className="entry-end">
        <Choices />
      </div>
    </main>
  );
}
