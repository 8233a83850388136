import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ROLES } from '../api/types';

/** A role, with what it may do. */
export function RoleField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="role" label={t('operators.role')}>
      <Select options={ROLES.map((value) => ({ value, label: `${t(`roles.${value}`)}: ${t(`rolesDo.${value}`)}` }))} />
    </Form.Item>
  );
}
