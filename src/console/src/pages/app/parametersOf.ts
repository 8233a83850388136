/** The fields of a request as somebody pastes them: one a line as name=value or name: value, a query as a=1&b=2, or flat JSON.
 * Null: it is none of these. */
export function parametersOf(text: string): Record<string, string> | null {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    return fromJson(trimmed);
  }
  const isQuery = !/\n/.test(trimmed) && /[^&]=[^&]*&/.test(trimmed);
  const pairs = isQuery ? trimmed.replace(/^\?/, '').split('&').map(decoded) : trimmed.split(/\r?\n/).map(split);
  const known = pairs.filter(([name]) => name !== '');
  return known.length > 0 && pairs.every(([name, value]) => name !== '' || value === '')
    ? Object.fromEntries(known)
    : null;
}

function fromJson(text: string): Record<string, string> | null {
  try {
    const values = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return values.every(([, value]) => typeof value === 'string' || typeof value === 'number')
      ? Object.fromEntries(values.map(([name, value]) => [name, String(value)]))
      : null;
  } catch {
    return null;
  }
}

function split(line: string): [string, string] {
  const match = /^\s*([^=:\s]+)\s*[=:]\s?(.*)$/.exec(line);
  return match ? [match[1] ?? '', match[2] ?? ''] : ['', line.trim()];
}

function decoded(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 1 ? ['', pair] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
