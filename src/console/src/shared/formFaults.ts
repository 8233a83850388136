import type { FormInstance } from 'antd';
import type { TFunction } from 'i18next';
import { toFault } from '../api/fault';
import { fieldText } from '../texts/serverSays';

/** Shows at the fields what the server refused there. A field of the server as "callback.format" is ['callback', 'format'] in the form; of
 * a channel it names the whole, and the words begin with the setting.
 * @returns What belongs to no field of the form; null: everything was shown. */
export function showFieldFaults(t: TFunction, form: FormInstance, error: unknown): unknown {
  const fault = toFault(error);
  const places = new Map(form.getFieldsError().map(({ name }) => [name.join('.'), name]));
  const faults = new Map<string, string[]>();
  let isAllShown = fault.fields.length > 0;
  for (const { field, allowed } of fault.fields) {
    const setting = /^\w+/.exec(allowed)?.[0] ?? '';
    const place = [`${field}.${setting}`, field].find((one) => places.has(one));
    if (place) {
      faults.set(place, [...(faults.get(place) ?? []), fieldText(t, field, allowed)]);
    }
    isAllShown &&= place !== undefined;
  }
  form.setFields([...faults].map(([place, errors]) => ({ name: places.get(place) ?? [], errors })));
  return isAllShown ? null : fault;
}
