/** A part of what a store sent, in words that people read. */
export interface Decoded {
  /** Where it stood: a path in the body. */
  name: string;
  text: string;
}

/** What a notification says, taken out of its wrappings: Google's base64 (Pub/Sub), Apple's signed parts, the fields of a form. Nothing is
 * verified here; the server has done that. Empty: the body is as readable as it can be. */
export function decodedOf(body: string): Decoded[] {
  const json = tryJson(body);
  if (json === undefined) {
    return formOf(body);
  }
  const found: Decoded[] = [];
  collect(json, '', found);
  return found;
}

/** Parts within parts: so deep, and no deeper. */
const DEPTH_MAX = 6;
const PARTS_MAX = 20;

function collect(value: unknown, path: string, found: Decoded[], depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX || found.length >= PARTS_MAX) {
    return;
  }
  for (const [name, one] of Object.entries(value)) {
    const at = path ? `${path}.${name}` : name;
    const inner = typeof one === 'string' ? tryJson(innerText(one)) : one;
    if (typeof one === 'string' && typeof inner === 'object' && inner !== null) {
      found.push({ name: at, text: JSON.stringify(inner, null, 2) });
    }
    collect(inner, at, found, depth + 1);
  }
}

/** What a text holds: the middle of a JWS, or base64. */
function innerText(text: string): string {
  const parts = text.split('.');
  return base64(parts.length === 3 ? (parts[1] ?? '') : text);
}

function base64(text: string): string {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (one) => one.charCodeAt(0)));
  } catch {
    return '';
  }
}

function formOf(body: string): Decoded[] {
  if (!/^[^\s=&]+=[^\n]*$/.test(body)) {
    return [];
  }
  const lines = [...new URLSearchParams(body)].map(([name, value]) => `${name}: ${value}`);
  return lines.length > 1 ? [{ name: '', text: lines.join('\n') }] : [];
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
