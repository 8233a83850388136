import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { signOut } from '../../api/session';
import { SignInForm } from './SignInForm';

/** Above every other dialog and message. */
const TOP = 2000;

/** The sign-in over a page whose session has ended: it hides the page, and what was typed there stays. */
export default function SignInAgain() {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('signIn.title')}
      width={400}
      zIndex={TOP}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      styles={{ mask: { background: 'var(--ground)' } }}
      footer={
        <Button type="link" onClick={() => void signOut()}>
          {t('app.signOut')}
        </Button>
      }
    >
      <SignInForm hint={t('signIn.ended')} />
    </Modal>
  );
}
