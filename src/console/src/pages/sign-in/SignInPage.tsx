import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { useSessionQuery } from '../../api/session';
import { backAddress } from './backAddress';
import { EntryCard } from './EntryCard';
import { SignInForm } from './SignInForm';

export default function SignInPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const session = useSessionQuery();
  const back = params.get('back');

  if (session.data) {
    return <Navigate to={backAddress(back)} replace />;
  }
  return (
    <EntryCard title={t('signIn.title')}>
      <SignInForm text={back && t('signIn.ended')} />
    </EntryCard>
  );
}
