"""Receives OrderCenter's callbacks of all four protocols, by path. Python 3.9 or later, nothing to install.

SECRETS=newest,previous GRANTS=/var/lib/mygame/grants PORT=8080 python3 receiver.py
"""
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

BODY_BYTES_MAX = 1 << 20
TOLERANCE_SECONDS = 300
# A key that is empty verifies what anyone signs, so it is no key.
SECRETS = [secret for secret in os.environ["SECRETS"].split(",") if secret]
GRANTS = os.environ["GRANTS"]


class WrongSignature(Exception):
    pass


def grant(order):
    """True the first time. It stands for one database transaction: insert the order's number under a unique key, and grant the goods."""
    try:
        open(os.path.join(GRANTS, hashlib.sha256(order.encode()).hexdigest()), "x").close()
        return True
    except FileExistsError:
        return False


def verify_webhook(headers, body):
    """Standard Webhooks: every callback carries it. For OrderApi and OrderCheck it is the only signature, for the others the strong one."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise WrongSignature("webhook-timestamp")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    received = headers.get("webhook-signature", "").split(" ")
    for secret in SECRETS:
        expected = b"v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
        if any(hmac.compare_digest(expected, signature.encode()) for signature in received):
            return
    raise WrongSignature("webhook-signature")


def verify_md5(canonical, sign):
    if not any(hmac.compare_digest(hashlib.md5((canonical + secret).encode()).hexdigest().encode(), sign.lower().encode()) for secret in SECRETS):
        raise WrongSignature("sign")


def read_order_api(headers, body):
    message = json.loads(body)
    return message["data"]["platorderid"], message["type"] == "order.paid"


def read_h5sdk(headers, body):
    if headers.get("content-type", "").startswith("application/json"):
        # Numbers are signed by their text as sent.
        fields = json.loads(body, parse_int=str, parse_float=str)
    else:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict"))
    order = fields["tradeNo"]
    verify_md5("&".join(f"{name}={fields[name]}" for name in sorted(fields) if name not in ("sign", "data")), fields["sign"])
    return order, True


def read_order_check(headers, body):
    """A msgpack map of at most 15 texts, each of at most 65,535 bytes."""
    at = 0

    def take(count):
        nonlocal at
        at += count
        if at > len(body):
            raise ValueError("msgpack")
        return body[at - count:at]

    def text():
        first = take(1)[0]
        if first & 0xE0 == 0xA0:
            return take(first & 0x1F).decode()
        if first == 0xD9:
            return take(take(1)[0]).decode()
        if first == 0xDA:
            return take(struct.unpack(">H", take(2))[0]).decode()
        raise ValueError("msgpack")

    first = take(1)[0]
    if first & 0xF0 != 0x80:
        raise ValueError("msgpack")
    fields = {}
    for _ in range(first & 0x0F):
        name = text()
        fields[name] = text()
    return fields["sz_order_id"], True


def read_card_recharge(headers, body):
    fields = json.loads(body)
    # The signed text is the body as it stands, without its sign.
    verify_md5("".join(sorted(re.sub(',"sign":"[^"]*"', "", body.decode(), count=1))), fields["sign"])
    # "failed": nothing was bought, give the player back what was paid. card[] holds the cards, if any were bought.
    return fields["orderno"], fields["status"] == "success"


def check_answer(message, code):
    def text(value):
        return bytes([0xA0 | len(value)]) + value.encode()

    return b"\x84" + text("msg") + text(message) + text("timestamp") + b"\xce" + struct.pack(">I", int(time.time())) + text("code") + bytes([code]) + text("data") + text("")


# By path: who reads the body, the answer's status, its type, its body the first time, and on a repeat.
PROTOCOLS = {
    "/orderapi": (read_order_api, 204, "text/plain", lambda is_first: b""),
    "/h5sdk": (read_h5sdk, 200, "application/json", lambda is_first: b'{"code":"000","data":"","message":"success"}'),
    "/ordercheck": (read_order_check, 200, "application/msgpack", lambda is_first: check_answer("successful", 0) if is_first else check_answer("repeated", 2)),
    "/cardrecharge": (read_card_recharge, 200, "text/plain", lambda is_first: b"success"),
}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer leave together; apart they would wait for each other.
    wbufsize = 1 << 16
    timeout = 30

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not re.fullmatch("[0-9]{1,12}", length) or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            return self.answer(413 if length else 411, "text/plain", b"")
        body = self.rfile.read(int(length))
        if self.path not in PROTOCOLS:
            return self.answer(404, "text/plain", b"")
        read, status, content_type, answer = PROTOCOLS[self.path]
        try:
            verify_webhook(self.headers, body)
            order, pays = read(self.headers, body)
        except WrongSignature as fault:
            return self.answer(401, "text/plain", str(fault).encode())
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.answer(400, "text/plain", b"malformed")
        try:
            # Also compare amount, product and player with what the game sold.
            is_first = pays and grant(order)
        except OSError:
            # The callback comes again.
            return self.answer(500, "text/plain", b"")
        self.answer(status, content_type, answer(is_first))

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
