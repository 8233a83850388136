/** A catalogue that was written as JSON; empty: none. Or why it cannot be one: the server says what is wrong in it. */
export function catalogueOf(json: string): { products?: object; fault?: string } {
  if (json.trim() === '') {
    return { products: {} };
  }
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { products: value }
      : { fault: json.trim().slice(0, SHOWN_MAX) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

const SHOWN_MAX = 40;
