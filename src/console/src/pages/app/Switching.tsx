import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { putApp, refreshApps } from '../../api/apps';
import type { App } from '../../api/types';
import { ActDialog } from '../../shared/ActDialog';
import { useMessages } from '../../shared/messages';

/** Disables an app, or enables it again. */
export function Switching({ app }: { app: App }) {
  const { t } = useTranslation();
  const message = useMessages();
  const [isAsking, setAsking] = useState(false);
  const willDisable = !app.disabled;

  async function run(): Promise<void> {
    await putApp(String(app.gameId), { disabled: willDisable });
    await refreshApps();
    void message.success(t(willDisable ? 'appPage.disabled' : 'appPage.enabled'));
  }

  const name = t(willDisable ? 'appPage.disable' : 'appPage.enable');
  return (
    <>
      <Button danger={willDisable} onClick={() => setAsking(true)}>
        {name}
      </Button>
      {isAsking && (
        <ActDialog
          title={name}
          text={t(willDisable ? 'appPage.disableText' : 'appPage.enableText')}
          isDangerous={willDisable}
          asksReason={false}
          confirm={run}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}
