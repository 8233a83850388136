import { LogoutOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation, useNavigation } from 'react-router';
import { toFault } from '../api/fault';
import { signOut, useSession } from '../api/session';
import { useMessages } from '../shared/messages';
import { useNarrow } from '../shared/useNarrow';
import { faultText } from '../texts/serverSays';
import { Choices } from './Choices';
import { SearchBox } from './SearchBox';
import { useLiveChanges } from './useLiveChanges';

const PAGES = [
  'work',
  'alerts',
  'orders',
  'callbacks',
  'endpoints',
  'notifications',
  'apps',
  'reconciliations',
  'cards',
  'accounts',
  'operators',
  'tokens',
  'audit',
] as const;
const ADMINS_ONLY: readonly string[] = ['operators', 'tokens'];

/** The ways to the pages; on a phone they unfold. */
function Pages({ isAdmin }: { isAdmin: boolean }) {
  const { t } = useTranslation();
  const isNarrow = useNarrow();
  const { pathname } = useLocation();
  const pages = PAGES.filter((page) => isAdmin || !ADMINS_ONLY.includes(page));
  const links = pages.map((page) => (
    <NavLink key={page} to={page === 'work' ? '/' : `/${page}`} end={page === 'work'}>
      {t(`nav.${page}`)}
    </NavLink>
  ));
  const here = pages.find((page) => (page === 'work' ? pathname === '/' : pathname.startsWith(`/${page}`)));
  return (
    <nav className="pages" aria-label={t('app.menu')}>
      {isNarrow ? (
        // Closed again on the next page.
        <details key={pathname}>
          <summary>
            {t('app.menu')}
            {here && `: ${t(`nav.${here}`)}`}
          </summary>
          <div className="pages-open">{links}</div>
        </details>
      ) : (
        links
      )}
    </nav>
  );
}

/** What stands around every page: search, navigation, who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const message = useMessages();
  const session = useSession();
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isLoading = useNavigation().state === 'loading';
  useLiveChanges();

  const shown = useRef(pathname);
  useEffect(() => {
    // Who reads with a screen reader, or by the keyboard, begins at the new page.
    if (shown.current !== pathname) {
      shown.current = pathname;
      content.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }, [pathname]);

  const leave = () => signOut().catch((error: unknown) => void message.error(faultText(t, toFault(error))));

  return (
    <>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <header className="header">
        <Link className="brand" to="/" aria-label={t('app.name')}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={24} height={24} />
          <span>{t('app.name')}</span>
        </Link>
        <SearchBox />
        <div className="header-end">
          <Choices />
          <Link to="/profile" title={t('app.profile')}>
            {session.name}
          </Link>
          <Button icon={<LogoutOutlined aria-hidden />} aria-label={t('app.signOut')} onClick={() => void leave()}>
            <span className="wide-only">{t('app.signOut')}</span>
          </Button>
        </div>
        <Pages isAdmin={session.role === 'admin'} />
      </header>
      <main id="content" ref={content} tabIndex={-1} aria-busy={isLoading}>
        <Outlet />
      </main>
    </>
  );
}
