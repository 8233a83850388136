import { expect, it } from 'vitest';
import { parametersOf } from './parametersOf';

it.each([
  ['gameid=1001\ntime=2\n', { gameid: '1001', time: '2' }],
  ['ext: a=b\r\nname = x', { ext: 'a=b', name: 'x' }],
  ['?a=1&b=%E6%B5%8B+x&c=', { a: '1', b: '测 x', c: '' }],
  ['{"a":1,"b":"x"}', { a: '1', b: 'x' }],
  ['url=http://x.example/?a=1', { url: 'http://x.example/?a=1' }],
])('reads %s', (text, fields) => {
  expect(parametersOf(text)).toEqual(fields);
});

it.each(['', 'nonsense', '{"a":{}}', '{', 'a=1\nnonsense'])('refuses %s', (text) => {
  expect(parametersOf(text)).toBeNull();
});
