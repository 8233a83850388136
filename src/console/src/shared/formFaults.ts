import type { FormInstance } from 'antd';
import type { TFunction } from 'i18next';
import { toFault } from '../api/fault';
import { fieldText } from '../texts/serverSays';

/** Shows at the fields what the server refused there. */
/** @returns What belongs to no field of the form; null: everything was shown. */
export function showFieldFaults(t: TFunction, form: FormInstance, error: unknown): unknown {
  const fault = toFault(error);
  const known = Object.keys(form.getFieldsValue(true) as object);
  const shown = fault.fields.filter(({ field }) => known.includes(field) || form.getFieldInstance(field));
  form.setFields(shown.map(({ field, allowed }) => ({ name: field, errors: [fieldText(t, field, allowed)] })));
  return shown.length > 0 && shown.length === fault.fields.length ? null : fault;
}
