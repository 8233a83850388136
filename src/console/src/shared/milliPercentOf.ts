/** A share in percent, as somebody wrote it, in thousandths of a percent; undefined: it is none, or more than all. */
export function milliPercentOf(text: string): number | undefined {
  const [, whole, decimals = ''] = /^(\d{1,3})(?:[.,](\d{1,3}))?$/.exec(text.trim()) ?? [];
  const share = Number(whole) * 1000 + Number(decimals.padEnd(3, '0'));
  return share <= 100_000 ? share : undefined;
}
