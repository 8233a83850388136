import { Checkbox, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import type { App, Channel } from '../../api/types';
import { AccountsEditor } from './AccountsEditor';
import { accountsOf, isSeveral } from './accountsOf';
import { channelFields } from './fields';
import { SettingField } from './SettingField';

interface Props {
  app: App;
  channel: Channel;
  /** Whether the form has several accounts of the channel. */
  hasSeveral: boolean;
  setSeveral: (hasSeveral: boolean) => void;
}

/** The settings of a channel: of its one account, or of several. */
export function ChannelSettings({ app, channel, hasSeveral, setSeveral }: Props) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const stored = app.channels?.[channel];

  function change(several: boolean): void {
    if (several && form.getFieldValue(['accounts', channel]) === undefined) {
      form.setFieldValue(['accounts', channel], accountsOf(channel, stored));
    }
    setSeveral(several);
  }

  const isMoved = stored !== undefined && hasSeveral !== isSeveral(stored);
  return (
    <fieldset className="channel">
      <legend>{t(`stores.${channel}`)}</legend>
      <Checkbox checked={hasSeveral} onChange={({ target }) => change(target.checked)}>
        {t('channelAccounts.several')}
      </Checkbox>
      <p className="faint">{t(isMoved ? 'channelAccounts.secretsAgain' : 'channelAccounts.severalHint')}</p>
      {hasSeveral ? (
        <AccountsEditor channel={channel} />
      ) : (
        <div className="settings">
          {channelFields(channel).map((field) => (
            <SettingField
              key={field.name}
              field={field}
              isStored={field.kind === 'secret' && stored !== undefined && !isSeveral(stored)}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}
