import { Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Channel } from '../../api/types';
import { ACCOUNT_NAME, ACCOUNTS_MAX, type AccountValues, newAccount } from './accountsOf';
import { ownFields } from './fields';
import { SettingField } from './SettingField';

/** The accounts of a channel: each with the settings that the channel has, and which of them is meant by default. */
export function AccountsEditor({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const at = ['accounts', channel, 'list'];
  // What an account is stored as has no field of its own, so that all of the form is asked for.
  const list = (Form.useWatch(at, { form, preserve: true }) ?? []) as (AccountValues | undefined)[];
  const names = list.map((account) => account?.name?.trim() ?? '');
  return (
    <>
      <p className="faint">{t('channelAccounts.rule')}</p>
      <Form.List name={at}>
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name: row }) => (
              <fieldset key={key} className="channel">
                <legend>{names[row] || t('channelAccounts.unnamed')}</legend>
                <div className="settings">
                  <Form.Item
                    name={[row, 'name']}
                    label={t('channelAccounts.name')}
                    extra={t('channelAccounts.nameHint')}
                    rules={[
                      { required: true, message: t('common.required') },
                      { pattern: ACCOUNT_NAME, message: t('channelAccounts.wrongName') },
                      {
                        validator: (_, value: string) =>
                          value && names.filter((name) => name === value.trim()).length > 1
                            ? Promise.reject(new Error(t('channelAccounts.sameName')))
                            : Promise.resolve(),
                      },
                    ]}
                  >
                    <Input autoComplete="off" maxLength={32} readOnly={list[row]?.stored !== undefined} />
                  </Form.Item>
                  {ownFields(channel).map((field) => (
                    <SettingField
                      key={field.name}
                      field={field}
                      at={[row, 'settings', field.name]}
                      isStored={field.kind === 'secret' && list[row]?.stored !== undefined}
                    />
                  ))}
                </div>
                {rows.length > 1 && (
                  <Button danger onClick={() => remove(row)}>
                    {t('channelAccounts.remove', { name: names[row] || t('channelAccounts.unnamed') })}
                  </Button>
                )}
              </fieldset>
            ))}
            <div className="accounts-end">
              <Button disabled={rows.length >= ACCOUNTS_MAX} onClick={() => add(newAccount(channel))}>
                {t('channelAccounts.add')}
              </Button>
            </div>
          </>
        )}
      </Form.List>
      <Form.Item
        name={['accounts', channel, 'byDefault']}
        label={t('channelAccounts.byDefault')}
        extra={t('channelAccounts.byDefaultHint')}
      >
        <Select
          allowClear
          placeholder={t('channelAccounts.noDefault')}
          options={names.filter(Boolean).map((value) => ({ value, label: value }))}
        />
      </Form.Item>
    </>
  );
}
