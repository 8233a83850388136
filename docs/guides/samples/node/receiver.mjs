// Receives OrderCenter's callbacks of all four protocols, by path. Node.js 18 or later, nothing to install.
// SECRETS=newest,previous GRANTS=/var/lib/mygame/grants PORT=8080 node receiver.mjs
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const BODY_BYTES_MAX = 1 << 20;
const TOLERANCE_SECONDS = 300;
// A key that is empty verifies what anyone signs, so it is no key.
const SECRETS = process.env.SECRETS.split(',').filter(secret => secret !== '');

class WrongSignature extends Error {}
class Malformed extends Error {}

// True the first time. It stands for one database transaction: insert the order's number under a unique key, and grant the goods.
async function grant(order) {
  try {
    const note = await open(join(process.env.GRANTS, createHash('sha256').update(order).digest('hex')), 'wx');
    await note.close();
    return true;
  } catch (fault) {
    if (fault.code === 'EEXIST') return false;
    throw fault;
  }
}

function isSame(received, expected) {
  const [a, b] = [Buffer.from(received), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

// Standard Webhooks: every callback carries it. For OrderApi and OrderCheck it is the only signature, for the others the strong one.
function verifyWebhook(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) throw new WrongSignature('webhook-timestamp');
  const received = signatures.split(' ');
  const isRight = SECRETS.some(secret => {
    const expected = 'v1,' + createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return received.some(signature => isSame(signature, expected));
  });
  if (!isRight) throw new WrongSignature('webhook-signature');
}

function verifyMd5(canonical, sign) {
  const isRight = SECRETS.some(secret => isSame(sign.toLowerCase(), createHash('md5').update(canonical + secret).digest('hex')));
  if (!isRight) throw new WrongSignature('sign');
}

function text(fields, name) {
  const value = fields?.[name];
  if (typeof value !== 'string' || value === '') throw new Malformed(name);
  return value;
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new Malformed('JSON');
  }
}

function readOrderApi(body) {
  const message = parse(body);
  return [text(message.data, 'platorderid'), text(message, 'type') === 'order.paid'];
}

function readH5Sdk(body, headers) {
  const isJson = headers['content-type']?.startsWith('application/json');
  const fields = isJson ? parse(body) : Object.fromEntries(new URLSearchParams(body.toString()));
  const order = text(fields, 'tradeNo');
  const names = Object.keys(fields).filter(name => name !== 'sign' && name !== 'data').sort();
  verifyMd5(names.map(name => `${name}=${fields[name]}`).join('&'), text(fields, 'sign'));
  return [order, true];
}

// A msgpack map of at most 15 texts, each of at most 65,535 bytes.
function readOrderCheck(body) {
  let at = 0;
  const take = count => {
    at += count;
    if (at > body.length) throw new Malformed('msgpack');
    return body.subarray(at - count, at);
  };
  const readText = () => {
    const format = take(1)[0];
    if ((format & 0xe0) === 0xa0) return take(format & 0x1f).toString();
    if (format === 0xd9) return take(take(1)[0]).toString();
    if (format === 0xda) return take(take(2).readUInt16BE()).toString();
    throw new Malformed('msgpack');
  };
  const format = take(1)[0];
  if ((format & 0xf0) !== 0x80) throw new Malformed('msgpack');
  const fields = {};
  for (let left = format & 0x0f; left > 0; left--) fields[readText()] = readText();
  return [text(fields, 'sz_order_id'), true];
}

function readCardRecharge(body) {
  const fields = parse(body);
  // The signed text is the body as it stands, without its sign. JavaScript's own sort takes halves of characters.
  const characters = [...body.toString().replace(/,"sign":"[^"]*"/, '')].sort((a, b) => a.codePointAt(0) - b.codePointAt(0));
  verifyMd5(characters.join(''), text(fields, 'sign'));
  // "failed": nothing was bought, give the player back what was paid. card[] holds the cards, if any were bought.
  return [text(fields, 'orderno'), text(fields, 'status') === 'success'];
}

function checkAnswer(message, code) {
  const write = value => Buffer.concat([Buffer.from([0xa0 | value.length]), Buffer.from(value)]);
  const timestamp = Buffer.alloc(5, 0xce);
  timestamp.writeUInt32BE(Math.floor(Date.now() / 1000), 1);
  return Buffer.concat([Buffer.from([0x84]), write('msg'), write(message), write('timestamp'), timestamp, write('code'), Buffer.from([code]), write('data'), write('')]);
}

const PROTOCOLS = {
  '/orderapi': { read: readOrderApi, status: 204, type: 'text/plain', answer: () => '' },
  '/h5sdk': { read: readH5Sdk, status: 200, type: 'application/json', answer: () => '{"code":"000","data":"","message":"success"}' },
  '/ordercheck': { read: readOrderCheck, status: 200, type: 'application/msgpack', answer: isFirst => (isFirst ? checkAnswer('successful', 0) : checkAnswer('repeated', 2)) },
  '/cardrecharge': { read: readCardRecharge, status: 200, type: 'text/plain', answer: () => 'success' },
};

async function receive(request, response) {
  const protocol = PROTOCOLS[request.url];
  if (!protocol) return response.writeHead(404).end();
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_BYTES_MAX) return response.writeHead(413, { connection: 'close' }).end();
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  verifyWebhook(request.headers, body);
  const [order, pays] = protocol.read(body, request.headers);
  // Also compare amount, product and player with what the game sold.
  const isFirst = pays && (await grant(order));
  response.writeHead(protocol.status, { 'content-type': protocol.type }).end(protocol.answer(isFirst));
}

createServer((request, response) => {
  receive(request, response).catch(fault => {
    // Anything unforeseen ends with 500, and the callback comes again.
    const status = fault instanceof WrongSignature ? 401 : fault instanceof Malformed ? 400 : 500;
    if (!response.headersSent) response.writeHead(status).end();
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
