/** The server's nonce of this document: without it no style that is written into the document counts (Content-Security-Policy). */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

/** Gives every style element the nonce. Ant Design does so with its own styles, but its parts that lock or measure scroll bars do not.
 * It opens nothing: only our own scripts run, and they alone know the nonce. */
export function giveStylesTheNonce(): void {
  if (!nonce) {
    return;
  }
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) {
      element.nonce = nonce;
    }
    return element;
  };
}
