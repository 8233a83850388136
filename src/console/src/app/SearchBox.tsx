import { SearchOutlined } from '@ant-design/icons';
import { Input, type InputRef } from 'antd';
import { type FormEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';

const SHORTCUT = '/';
const TEXT_MAX = 256;

/** One box for whatever number somebody has in hand. The key / leads to it. */
export function SearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const box = useRef<InputRef>(null);
  const { pathname, key } = useLocation();
  const [params] = useSearchParams();
  const asked = pathname === '/search' ? (params.get('q') ?? '') : '';

  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]');
      if (event.key === SHORTCUT && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        box.current?.focus({ cursor: 'all' });
      }
    }
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);

  function search(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('q') ?? '').trim();
    if (text) {
      void navigate(`/search?q=${encodeURIComponent(text)}`);
    }
  }

  return (
    <search className="search">
      <form onSubmit={search}>
        <Input
          // A new page shows the box as its address says.
          key={asked ? key : 'empty'}
          ref={box}
          type="search"
          name="q"
          defaultValue={asked}
          maxLength={TEXT_MAX}
          aria-label={t('app.search')}
          placeholder={t('app.search')}
          prefix={<SearchOutlined aria-hidden />}
          suffix={<kbd aria-hidden>{SHORTCUT}</kbd>}
        />
      </form>
    </search>
  );
}
