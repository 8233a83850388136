import { describe, expect, it } from 'vitest';
import { cardsOf } from './cardsOf';

const card = (cardType: number, cardNo = '', cardPassword = '', cardRect = '') => ({
  cardType,
  cardNo,
  cardPassword,
  cardRect,
});

describe('cards of a CSV file', () => {
  it('are read in their usual order', () => {
    expect(cardsOf('1,N1,P1\n\n2,,P2,gift\r\n3,https://x.example/a?b=1')).toEqual({
      cards: [
        { line: 1, card: card(1, 'N1', 'P1') },
        { line: 3, card: card(2, '', 'P2', 'gift') },
        { line: 4, card: card(3, 'https://x.example/a?b=1') },
      ],
    });
  });

  it('are read as the first line names the columns', () => {
    expect(cardsOf('\uFEFFcard_password;Card Type;cardNo\nP;1;N')).toEqual({
      cards: [{ line: 2, card: card(1, 'N', 'P') }],
    });
  });

  it('may hold quotes, separators and line ends', () => {
    expect(cardsOf('1,"N,1","a ""b""\nc"\n2,,P')).toEqual({
      cards: [
        { line: 1, card: card(1, 'N,1', 'a "b"\nc') },
        { line: 3, card: card(2, '', 'P') },
      ],
    });
  });

  it('name the line that is none', () => {
    expect(cardsOf('1,N,P\nfive,N,P')).toEqual({ wrongLine: 2 });
    expect(cardsOf('')).toEqual({ cards: [] });
  });
});
