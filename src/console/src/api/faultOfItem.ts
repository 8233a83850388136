import { ApiFault } from './fault';

/** The fault of an item within a list that was written whole, with the item's own names of its fields: items[3].url is url in a form. */
export function faultOfItem(error: unknown, list: string, index: number | null): unknown {
  if (!(error instanceof ApiFault)) {
    return error;
  }
  const place = `${list}[${index}].`;
  const fields = error.fields.map(({ field, allowed }) => ({
    field: field.startsWith(place) ? field.slice(place.length) : field,
    allowed,
  }));
  return new ApiFault(error.status, error.title, fields, error.retryAfterSeconds, error.traceId);
}
