import { Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Texts } from '../../texts/en';
import type { Field, FieldText } from './fields';
import { listOf } from './settings';

type Choice = keyof Texts['choices'];

const TEXT_MAX = 2048;
const LONG_MAX = 16_384;

/** One setting: what it is called, what it is for, what holds where it is left out. `at`: its place in the form, where that is not its
 * name. */
export function SettingField({ field, isStored, at }: { field: Field; isStored: boolean; at?: (string | number)[] }) {
  const { t } = useTranslation();
  const text = field.text as FieldText;
  const label = t(`fields.${text}.label`);
  const help = t(`fields.${text}.help`);
  const code = <code className="faint">{field.name.split('.').at(-1)}</code>;
  if (field.kind === 'flag') {
    return (
      <Form.Item name={at ?? field.name} valuePropName="checked" extra={help} className="wide">
        <Checkbox>
          {label} {code}
        </Checkbox>
      </Form.Item>
    );
  }
  const rules = [
    ...(field.isRequired && !isStored ? [{ required: true, whitespace: true, message: t('common.required') }] : []),
    ...(field.kind === 'number' ? [{ pattern: /^\s*\d*\s*$/, message: t('serverSays.whole') }] : []),
    ...(field.kind === 'waits'
      ? [
          {
            validator: (_: unknown, value: string) =>
              listOf(value ?? '', /[\s,，]+/).every((one) => Number.isFinite(Number(one)))
                ? Promise.resolve()
                : Promise.reject(new Error(t('schedule.wrong'))),
          },
        ]
      : []),
  ];
  return (
    <Form.Item
      name={at ?? field.name}
      label={
        <span>
          {label} {code}
        </span>
      }
      extra={field.kind === 'lines' ? `${help} ${t('appPage.perLine')}` : help}
      rules={rules}
      className={field.kind === 'long' || field.kind === 'secret' || field.kind === 'lines' ? 'wide' : undefined}
    >
      <SettingInput field={field} isStored={isStored} />
    </Form.Item>
  );
}

/** What Form.Item gives the element in it. */
interface Given {
  id?: string;
  value?: string;
  onChange?: (value: unknown) => void;
}

function SettingInput({ field, isStored, ...given }: Given & { field: Field; isStored: boolean }) {
  const { t } = useTranslation();
  const byDefault =
    field.byDefault === undefined
      ? undefined
      : t('appPage.byDefault', { value: field.kind === 'choice' ? choice(String(field.byDefault)) : field.byDefault });

  function choice(value: string): string {
    return t(`choices.${value as Choice}`, { defaultValue: value });
  }

  const common = { ...given, autoComplete: 'off', spellCheck: false };
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          {...given}
          allowClear
          placeholder={byDefault}
          options={field.choices?.map((value) => ({ value, label: choice(value) }))}
        />
      );
    case 'secret':
      return (
        <Input.TextArea
          {...common}
          rows={2}
          maxLength={LONG_MAX}
          placeholder={isStored ? t('appPage.keep') : undefined}
        />
      );
    case 'long':
    case 'lines':
      return <Input.TextArea {...common} rows={2} maxLength={LONG_MAX} />;
    case 'number':
      return <Input {...common} inputMode="numeric" maxLength={10} placeholder={byDefault} />;
    default:
      return <Input {...common} maxLength={TEXT_MAX} placeholder={byDefault} />;
  }
}
