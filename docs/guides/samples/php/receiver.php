<?php
// Receives OrderCenter's callbacks of all four protocols, by path.
// SECRETS=newest,previous GRANTS=/var/lib/mygame/grants php -S 127.0.0.1:8080 receiver.php
declare(strict_types=1);

const BODY_BYTES_MAX = 1 << 20;
const TOLERANCE_SECONDS = 300;

class WrongSignature extends Exception {}
class Malformed extends Exception {}

// A key that is empty verifies what anyone signs, so it is no key.
$secrets = array_filter(explode(',', (string) getenv('SECRETS')), fn ($secret) => $secret !== '');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$body = file_get_contents('php://input', length: BODY_BYTES_MAX + 1);

try {
    if (strlen($body) > BODY_BYTES_MAX) {
        throw new Malformed('too long');
    }
    verify_webhook($body, $secrets);
    [$order, $pays] = match ($path) {
        '/orderapi' => read_order_api($body),
        '/h5sdk' => read_h5sdk($body, $secrets),
        '/ordercheck' => read_order_check($body),
        '/cardrecharge' => read_card_recharge($body, $secrets),
        default => throw new Malformed('no such path'),
    };
    // Also compare amount, product and player with what the game sold.
    $is_first = $pays && grant($order);
    match ($path) {
        '/orderapi' => answer(204, 'text/plain', ''),
        '/h5sdk' => answer(200, 'application/json', '{"code":"000","data":"","message":"success"}'),
        '/ordercheck' => answer(200, 'application/msgpack', $is_first ? check_answer('successful', 0) : check_answer('repeated', 2)),
        '/cardrecharge' => answer(200, 'text/plain', 'success'),
    };
} catch (WrongSignature $fault) {
    answer(401, 'text/plain', $fault->getMessage());
} catch (Malformed | JsonException $fault) {
    answer(400, 'text/plain', $fault->getMessage());
} catch (Throwable $fault) {
    // A database that is away, for one. Without this line PHP answers 200 where display_errors is on, and the callback would never come again.
    error_log((string) $fault);
    answer(500, 'text/plain', '');
}

// True the first time. It stands for one database transaction: insert the order's number under a unique key, and grant the goods.
function grant(string $order): bool
{
    $note = getenv('GRANTS') . '/' . hash('sha256', $order);
    $file = @fopen($note, 'x');
    if ($file === false && !file_exists($note)) {
        throw new RuntimeException("cannot write $note");
    }
    return $file !== false;
}

// Standard Webhooks: every callback carries it. For OrderApi and OrderCheck it is the only signature, for the others the strong one.
function verify_webhook(string $body, array $secrets): void
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        throw new WrongSignature('webhook-timestamp');
    }
    $received = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
    foreach ($secrets as $secret) {
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $secret, true));
        foreach ($received as $signature) {
            if (hash_equals($expected, $signature)) {
                return;
            }
        }
    }
    throw new WrongSignature('webhook-signature');
}

function read_order_api(string $body): array
{
    $message = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    return [text($message['data'] ?? null, 'platorderid'), text($message, 'type') === 'order.paid'];
}

function read_h5sdk(string $body, array $secrets): array
{
    if (str_starts_with($_SERVER['CONTENT_TYPE'] ?? '', 'application/json')) {
        $fields = json_decode($body, true, flags: JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    } else {
        parse_str($body, $fields);
    }
    $order = text($fields, 'tradeNo');
    $signed = array_diff_key($fields, ['sign' => 0, 'data' => 0]);
    ksort($signed, SORT_STRING);
    $pairs = array_map(fn ($name) => "$name=" . (is_scalar($signed[$name]) ? $signed[$name] : ''), array_keys($signed));
    verify_md5(implode('&', $pairs), text($fields, 'sign'), $secrets);
    return [$order, true];
}

function read_order_check(string $body): array
{
    // A msgpack map of at most 15 texts, each of at most 65,535 bytes.
    $take = function (int $count) use (&$body): string {
        if (strlen($body) < $count) {
            throw new Malformed('msgpack');
        }
        [$taken, $body] = [substr($body, 0, $count), substr($body, $count)];
        return $taken;
    };
    $read_text = function () use ($take): string {
        $format = ord($take(1));
        return match (true) {
            ($format & 0xe0) === 0xa0 => $take($format & 0x1f),
            $format === 0xd9 => $take(ord($take(1))),
            $format === 0xda => $take(unpack('n', $take(2))[1]),
            default => throw new Malformed('msgpack'),
        };
    };
    $format = ord($take(1));
    if (($format & 0xf0) !== 0x80) {
        throw new Malformed('msgpack');
    }
    $fields = [];
    for ($left = $format & 0x0f; $left > 0; $left--) {
        $name = $read_text();
        $fields[$name] = $read_text();
    }
    return [text($fields, 'sz_order_id'), true];
}

function check_answer(string $message, int $code): string
{
    $text = fn (string $text) => chr(0xa0 | strlen($text)) . $text;
    return "\x84" . $text('msg') . $text($message) . $text('timestamp') . "\xce" . pack('N', time()) . $text('code') . chr($code) . $text('data') . $text('');
}

function read_card_recharge(string $body, array $secrets): array
{
    $fields = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    $order = text($fields, 'orderno');
    $sign = text($fields, 'sign');
    unset($fields['sign']);
    // 320 = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE. The document's plain sort gives the same order.
    $characters = preg_split('//u', json_encode($fields, 320), -1, PREG_SPLIT_NO_EMPTY);
    sort($characters, SORT_STRING);
    verify_md5(implode('', $characters), $sign, $secrets);
    // "failed": nothing was bought, give the player back what was paid. card[] holds the cards, if any were bought.
    return [$order, text($fields, 'status') === 'success'];
}

function verify_md5(string $canonical, string $sign, array $secrets): void
{
    foreach ($secrets as $secret) {
        if (hash_equals(md5($canonical . $secret), strtolower($sign))) {
            return;
        }
    }
    throw new WrongSignature('sign');
}

function text(mixed $fields, string $name): string
{
    $value = is_array($fields) ? $fields[$name] ?? null : null;
    return is_string($value) && $value !== '' ? $value : throw new Malformed($name);
}

function answer(int $status, string $type, string $body): void
{
    http_response_code($status);
    header("Content-Type: $type");
    echo $body;
}
