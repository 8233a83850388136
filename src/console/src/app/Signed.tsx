import { lazy, Suspense } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { useSessionEnded, useSessionQuery } from '../api/session';
import { FaultAlert } from '../shared/FaultAlert';
import { Waiting } from './Waiting';

const SignInAgain = lazy(() => import('../pages/sign-in/SignInAgain'));
const FirstPasswordPage = lazy(() => import('../pages/sign-in/FirstPasswordPage'));

/** Everything behind it is for those who are signed in and have a password of their own. */
export function Signed() {
  const session = useSessionQuery();
  const hasEnded = useSessionEnded();
  const { pathname, search } = useLocation();
  if (session.isPending) {
    return <Waiting />;
  }
  if (session.data === undefined) {
    return <FaultAlert fault={session.error} retry={session.refetch} />;
  }
  if (session.data === null) {
    const address = pathname + search;
    return <Navigate to={address === '/' ? '/sign-in' : `/sign-in?back=${encodeURIComponent(address)}`} replace />;
  }
  if (session.data.mustChangePassword) {
    return (
      <Suspense fallback={<Waiting />}>
        <FirstPasswordPage />
      </Suspense>
    );
  }
  return (
    <>
      <Outlet />
      {hasEnded && (
        <Suspense fallback={null}>
          <SignInAgain />
        </Suspense>
      )}
    </>
  );
}
