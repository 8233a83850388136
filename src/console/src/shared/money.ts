/** An amount as the server wrote it (a decimal text, never a binary number), with its currency. */
export function moneyText(money: string | null | undefined, currency: string | null | undefined): string {
  return [money, currency].filter(Boolean).join(' ');
}
