/** An amount as the server wrote it (a decimal text, never a binary number), with its currency. */
export function moneyText(money: string | null | undefined, currency: string | null | undefined): string {
  return [money, currency].filter(Boolean).join(' ');
}

const PLACES = 4;
const ONE = 10n ** BigInt(PLACES);

/** The exact sum of decimal texts of at most 4 decimal places, written shortest. */
export function sumOf(amounts: readonly string[]): string {
  const sum = amounts.reduce((total, amount) => total + units(amount), 0n);
  const size = sum < 0n ? -sum : sum;
  const decimals = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${size / ONE}${decimals && `.${decimals}`}`;
}

function units(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.replace(/^-/, '').split('.');
  const size = BigInt(whole) * ONE + BigInt(decimals.slice(0, PLACES).padEnd(PLACES, '0'));
  return amount.startsWith('-') ? -size : size;
}
