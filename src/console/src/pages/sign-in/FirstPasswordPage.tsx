import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { signOut } from '../../api/session';
import { PasswordForm } from '../profile/PasswordForm';
import { EntryCard } from './EntryCard';

/** The first password opens nothing but this. */
export default function FirstPasswordPage() {
  const { t } = useTranslation();
  return (
    <EntryCard title={t('password.firstTitle')}>
      <p>{t('password.firstText')}</p>
      <PasswordForm />
      <Button type="link" onClick={() => void signOut()}>
        {t('app.signOut')}
      </Button>
    </EntryCard>
  );
}
