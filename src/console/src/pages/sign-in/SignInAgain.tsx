import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session';
import { SignInForm } from './SignInForm';

/** Over a page whose session has ended: it covers the page and its dialogs, and gives them back as they were. */
export default function SignInAgain() {
  const { t } = useTranslation();
  const { name } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!dialog.current?.open) {
      dialog.current?.showModal();
      // The name is known; the dialog would begin at it.
      dialog.current?.querySelector<HTMLInputElement>('input[type=password]')?.focus();
    }
  }, []);
  return (
    // Escape leads nowhere: there is nothing to see without a session.
    <dialog
      ref={dialog}
      className="again"
      aria-label={t('signIn.title')}
      // The page’s own dialogs would take the key, and close.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onCancel={(event) => event.preventDefault()}
      onClose={() => dialog.current?.showModal()}
    >
      <div className="entry-card">
        <h1>{t('signIn.title')}</h1>
        <SignInForm text={t('signIn.endedHere')} name={name} />
      </div>
    </dialog>
  );
}
