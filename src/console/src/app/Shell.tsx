import { LogoutOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation, useNavigation } from 'react-router';
import { toFault } from '../api/fault';
import { signOut, useSession } from '../api/session';
import { faultText } from '../texts/serverSays';
import { Choices } from './Choices';
import { SearchBox } from './SearchBox';

const PAGES = ['orders', 'callbacks', 'notifications', 'operators', 'tokens', 'audit'] as const;
const ADMINS_ONLY: readonly string[] = ['operators', 'tokens'];

/** What stands around every page: search, navigation, who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const session = useSession();
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isLoading = useNavigation().state === 'loading';

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
        <Link className="brand" to="/orders" aria-label={t('app.name')}>
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
        <nav className="pages" aria-label={t('app.menu')}>
          {PAGES.filter((page) => session.role === 'admin' || !ADMINS_ONLY.includes(page)).map((page) => (
            <NavLink key={page} to={`/${page}`}>
              {t(`nav.${page}`)}
            </NavLink>
          ))}
        </nav>
      </header>
      <main id="content" ref={content} tabIndex={-1} aria-busy={isLoading}>
        <Outlet />
      </main>
    </>
  );
}
