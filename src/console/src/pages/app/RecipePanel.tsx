import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { putApp, refreshApps } from '../../api/apps';
import { recipesQuery } from '../../api/recipes';
import type { App } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { CopyText } from '../../shared/CopyText';
import { FaultAlert } from '../../shared/FaultAlert';
import { RecipeForm } from './RecipeForm';
import { RecipeTrial } from './RecipeTrial';
import { recipesOf } from './recipeOf';

/** The channels of an app that are described by a recipe: their addresses, a sample to try, and a new one. */
export function RecipePanel({ app, isAdmin }: { app: App; isAdmin: boolean }) {
  const { t } = useTranslation();
  const gameId = String(app.gameId);
  const { data: recipes, error, refetch } = useQuery(recipesQuery(gameId));
  const [removed, setRemoved] = useState<string | null>(null);
  const names = recipesOf(app);
  return (
    <section className="panel" aria-label={t('recipes.title')}>
      <h2>{t('recipes.title')}</h2>
      <p className="faint">{t('recipes.hint')}</p>
      <FaultAlert fault={error} retry={refetch} />
      <dl className="stacked">
        {names.map((name) => {
          const address = `${window.location.origin}/notify/${name}/${gameId}`;
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <CopyText text={address} what={t('addresses.of', { store: name })}>
                  <code>{address}</code>
                </CopyText>
                {isAdmin && (
                  <Button size="small" danger onClick={() => setRemoved(name)}>
                    {t('recipes.remove')}
                  </Button>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
      {isAdmin && names.length > 0 && <RecipeTrial gameId={gameId} names={names} />}
      {isAdmin && recipes && <RecipeForm gameId={gameId} recipes={recipes} />}
      {removed && (
        <ActDialog
          title={t('recipes.remove')}
          text={t('recipes.removeText', { name: removed })}
          asksReason={false}
          confirm={async () => {
            await putApp(gameId, { channels: { [removed]: null } });
            await refreshApps();
          }}
          close={() => setRemoved(null)}
        />
      )}
    </section>
  );
}
