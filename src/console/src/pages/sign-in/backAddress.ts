const START = '/';

/** Where to go after the sign-in: an address within the console, whatever a link says. */
export function backAddress(back: string | null): string {
  return back && /^\/(?![/\\])/.test(back) && !back.startsWith('/sign-in') ? back : START;
}
