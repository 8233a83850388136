import { CloseCircleFilled } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toLocalField, toUtc } from './time';
import { useClear } from './useClear';

type Values = Record<string, string | undefined>;

interface Props {
  filters: Values;
  apply: (values: Values) => void;
  children: ReactNode;
}

const TIMES = ['from', 'to'];

/** The filters of a list: a form that shows what the address holds, and writes to it. */
export function Filters({ filters, apply, children }: Props) {
  const { t } = useTranslation();
  const [version, setVersion] = useState(0);
  const initial = Object.fromEntries(
    Object.entries(filters).map(([name, value]) => [name, TIMES.includes(name) ? toLocalField(value) : value]),
  );
  function finish(values: Values): void {
    apply(
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, TIMES.includes(name) ? toUtc(value) : value]),
      ),
    );
  }
  return (
    <search>
      <Form<Values>
        key={`${version} ${JSON.stringify(initial)}`}
        name="filters"
        className="filters"
        layout="vertical"
        initialValues={initial}
        onFinish={finish}
      >
        {children}
        <div className="filters-end">
          <Button type="primary" htmlType="submit">
            {t('common.apply')}
          </Button>
          <Button
            onClick={() => {
              setVersion(version + 1);
              apply({});
            }}
          >
            {t('common.clear')}
          </Button>
        </div>
      </Form>
    </search>
  );
}

export function TextFilter({ name, label, hint }: { name: string; label: string; hint?: string }) {
  const { t } = useTranslation();
  // The button has its name from its icon.
  const clearIcon = <CloseCircleFilled aria-label={t('common.clearField', { field: label })} />;
  return (
    <Form.Item name={name} label={label}>
      <Input allowClear={{ clearIcon }} maxLength={256} placeholder={hint} />
    </Form.Item>
  );
}

interface Option {
  value: string;
  label: string;
}

export function ChoiceFilter({ name, label, options }: { name: string; label: string; options: Option[] }) {
  const { t } = useTranslation();
  const clear = useClear();
  return (
    <Form.Item name={name} label={label}>
      <Select allowClear={clear} placeholder={t('common.all')} options={options} />
    </Form.Item>
  );
}

/** Filters that are seldom needed: they unfold, and are open where one of them is set. */
export function MoreFilters({ isOpen, children }: { isOpen: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <details open={isOpen}>
      <summary>{t('common.moreFilters')}</summary>
      <div className="filters-more">{children}</div>
    </details>
  );
}

/** From when until when, in the time zone of whoever asks. */
export function TimeFilters() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="from" label={t('common.from')} tooltip={t('common.localTime')}>
        <Input type="datetime-local" step={1} />
      </Form.Item>
      <Form.Item name="to" label={t('common.to')} tooltip={t('common.localTime')}>
        <Input type="datetime-local" step={1} />
      </Form.Item>
    </>
  );
}
