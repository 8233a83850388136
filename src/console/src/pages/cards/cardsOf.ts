import type { Card } from '../../api/types';

/** A card, and the line of the file that it is in, from 1. */
export interface ReadCard {
  line: number;
  card: Card;
}

/** Cards that were read, or the line that could not be. */
export type CardFile = { cards: ReadCard[] } | { wrongLine: number };

const COLUMNS = ['cardtype', 'cardno', 'cardpassword', 'cardrect'] as const;
const TYPES = /^[1-4]$/;

/** Reads cards from CSV (RFC 4180; semicolons and tabs as well): columns in their usual order, or as the first line names them. */
export function cardsOf(text: string): CardFile {
  const rows = rowsOf(text.replace(/^\uFEFF/, '')).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const names = rows[0]?.cells.map((cell) => cell.toLowerCase().replaceAll(/[\s_]/g, '')) ?? [];
  const isNamed = names.includes(COLUMNS[0]);
  const places = COLUMNS.map((name, place) => (isNamed ? names.indexOf(name) : place));
  const cards: ReadCard[] = [];
  for (const { line, cells } of isNamed ? rows.slice(1) : rows) {
    const [type = '', cardNo = '', cardPassword = '', cardRect = ''] = places.map((place) => cells[place] ?? '');
    if (!TYPES.test(type)) {
      return { wrongLine: line };
    }
    cards.push({ line, card: { cardType: Number(type), cardNo, cardPassword, cardRect } });
  }
  return { cards };
}

interface Row {
  line: number;
  cells: string[];
}

function rowsOf(text: string): Row[] {
  const separator = separatorOf(text);
  const rows: Row[] = [];
  let row: Row = { line: 1, cells: [] };
  let cell = '';
  let isQuoted = false;
  let line = 1;
  const endCell = () => {
    row.cells.push(cell.trim());
    cell = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (character === '"') {
        isQuoted = false;
      } else {
        cell += character;
      }
      line += character === '\n' ? 1 : 0;
    } else if (character === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (character === separator) {
      endCell();
    } else if (character === '\n') {
      endCell();
      rows.push(row);
      line++;
      row = { line, cells: [] };
    } else if (character !== '\r') {
      cell += character;
    }
  }
  endCell();
  return [...rows, row];
}

/** The first of , ; and tab in the text. */
function separatorOf(text: string): string {
  return /[,;\t]/.exec(text)?.[0] ?? ',';
}
