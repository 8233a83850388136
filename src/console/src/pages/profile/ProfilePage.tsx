import { useTranslation } from 'react-i18next';
import { useRole, useSession } from '../../api/session';
import { Facts } from '../../shared/Facts';
import { GamesText } from '../../shared/GameFields';
import { useMessages } from '../../shared/messages';
import { PageHead } from '../../shared/PageHead';
import { PasswordForm } from './PasswordForm';
import { SecondFactor } from './SecondFactor';

/** One's own account. */
export default function ProfilePage() {
  const { t } = useTranslation();
  const message = useMessages();
  const session = useSession();
  const role = useRole();
  return (
    <>
      <PageHead title={t('profile.title')} />
      <section className="panel">
        <Facts
          items={[
            [t('profile.name'), session.name],
            [t('profile.role'), `${t(`roles.${role}`)}: ${t(`rolesDo.${role}`)}`],
            [t('profile.games'), <GamesText key="games" games={session.games} />],
          ]}
        />
      </section>
      <section className="panel">
        <h2>{t('password.title')}</h2>
        <div className="form-narrow">
          <PasswordForm done={() => void message.success(t('password.changed'))} />
        </div>
      </section>
      <section className="panel">
        <h2>{t('factor.title')}</h2>
        <SecondFactor isOn={session.hasSecondFactor} />
      </section>
    </>
  );
}
