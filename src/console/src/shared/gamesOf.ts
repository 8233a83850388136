/** What a field of games holds, as the server takes it: null is all games. */
export function gamesOf(texts: string[] | undefined): number[] | null {
  return texts && texts.length > 0 ? texts.map(Number) : null;
}
