import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Receives OrderCenter's callbacks of all four protocols, by path. Java 17 or later, nothing to install.
 *
 * <p>SECRETS=newest,previous GRANTS=/var/lib/mygame/grants PORT=8080 java Receiver.java
 */
public final class Receiver {
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int TOLERANCE_SECONDS = 300;

    /** A key that is empty verifies what anyone signs, so it is no key. */
    private static final List<String> SECRETS = Arrays.stream(System.getenv("SECRETS").split(",")).filter(secret -> !secret.isEmpty()).toList();

    private static final class WrongSignature extends RuntimeException {}

    private static final class Malformed extends RuntimeException {}

    /** What a body says: which order, and whether it was paid. */
    private record Read(String order, boolean pays) {}

    public static void main(String[] arguments) throws IOException {
        // Head and body of an answer leave apart; without this the body waits for the head's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("PORT"))), 0);
        server.setExecutor(Executors.newFixedThreadPool(32));
        server.createContext("/", Receiver::receive);
        server.start();
    }

    private static void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
            if (body.length > BODY_BYTES_MAX) {
                exchange.sendResponseHeaders(413, -1);
                return;
            }
            var headers = exchange.getRequestHeaders();
            var path = exchange.getRequestURI().getPath();
            try {
                verifyWebhook(headers, body);
                var read = switch (path) {
                    case "/orderapi" -> readOrderApi(body);
                    case "/h5sdk" -> readH5Sdk(body, headers);
                    case "/ordercheck" -> readOrderCheck(body);
                    case "/cardrecharge" -> readCardRecharge(body);
                    default -> throw new Malformed();
                };
                // Also compare amount, product and player with what the game sold.
                var isFirst = read.pays() && grant(read.order());
                switch (path) {
                    case "/orderapi" -> exchange.sendResponseHeaders(204, -1);
                    case "/h5sdk" -> answer(exchange, "application/json", utf8("{\"code\":\"000\",\"data\":\"\",\"message\":\"success\"}"));
                    case "/ordercheck" -> answer(exchange, "application/msgpack", isFirst ? checkAnswer("successful", 0) : checkAnswer("repeated", 2));
                    default -> answer(exchange, "text/plain", utf8("success"));
                }
            } catch (WrongSignature fault) {
                exchange.sendResponseHeaders(401, -1);
            } catch (Malformed | ClassCastException | NullPointerException | IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException fault) {
                exchange.sendResponseHeaders(400, -1);
            } catch (IOException | GeneralSecurityException fault) {
                // The callback comes again.
                exchange.sendResponseHeaders(500, -1);
            }
        }
    }

    private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /** True the first time. It stands for one database transaction: insert the order's number under a unique key, and grant the goods. */
    private static boolean grant(String order) throws IOException, GeneralSecurityException {
        try {
            Files.createFile(Path.of(System.getenv("GRANTS"), hex(MessageDigest.getInstance("SHA-256").digest(utf8(order)))));
            return true;
        } catch (FileAlreadyExistsException fault) {
            return false;
        }
    }

    /** Standard Webhooks: every callback carries it. For OrderApi and OrderCheck it is the only signature, for the others the strong one. */
    private static void verifyWebhook(Headers headers, byte[] body) throws GeneralSecurityException {
        var id = Objects.requireNonNullElse(headers.getFirst("webhook-id"), "");
        var timestamp = Objects.requireNonNullElse(headers.getFirst("webhook-timestamp"), "");
        var signatures = Objects.requireNonNullElse(headers.getFirst("webhook-signature"), "").split(" ");
        if (!timestamp.matches("[0-9]{1,12}") || Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(timestamp)) > TOLERANCE_SECONDS) {
            throw new WrongSignature();
        }
        for (var secret : SECRETS) {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(utf8(secret), "HmacSHA256"));
            mac.update(utf8(id + "." + timestamp + "."));
            var expected = utf8("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)));
            for (var signature : signatures) {
                if (MessageDigest.isEqual(utf8(signature), expected)) {
                    return;
                }
            }
        }
        throw new WrongSignature();
    }

    private static void verifyMd5(String canonical, String sign) throws GeneralSecurityException {
        for (var secret : SECRETS) {
            var expected = hex(MessageDigest.getInstance("MD5").digest(utf8(canonical + secret)));
            if (MessageDigest.isEqual(utf8(sign.toLowerCase(java.util.Locale.ROOT)), utf8(expected))) {
                return;
            }
        }
        throw new WrongSignature();
    }

    private static Read readOrderApi(byte[] body) {
        var message = Json.object(body);
        return new Read(text((Map<?, ?>) message.get("data"), "platorderid"), text(message, "type").equals("order.paid"));
    }

    private static Read readH5Sdk(byte[] body, Headers headers) throws GeneralSecurityException {
        var fields = new TreeMap<String, Object>();
        if (Objects.requireNonNullElse(headers.getFirst("content-type"), "").startsWith("application/json")) {
            fields.putAll(Json.object(body));
        } else {
            for (var pair : new String(body, StandardCharsets.US_ASCII).split("&")) {
                var halves = pair.split("=", 2);
                fields.put(URLDecoder.decode(halves[0], StandardCharsets.UTF_8), URLDecoder.decode(halves[1], StandardCharsets.UTF_8));
            }
        }
        var order = text(fields, "tradeNo");
        var sign = text(fields, "sign");
        fields.remove("sign");
        fields.remove("data");
        verifyMd5(fields.entrySet().stream().map(field -> field.getKey() + "=" + field.getValue()).collect(Collectors.joining("&")), sign);
        return new Read(order, true);
    }

    /** A msgpack map of at most 15 texts, each of at most 65,535 bytes. */
    private static Read readOrderCheck(byte[] body) {
        var bytes = ByteBuffer.wrap(body);
        var format = bytes.get() & 0xff;
        if ((format & 0xf0) != 0x80) {
            throw new Malformed();
        }
        var fields = new HashMap<String, Object>();
        for (var left = format & 0x0f; left > 0; left--) {
            var name = msgpackText(bytes);
            fields.put(name, msgpackText(bytes));
        }
        return new Read(text(fields, "sz_order_id"), true);
    }

    private static String msgpackText(ByteBuffer bytes) {
        var format = bytes.get() & 0xff;
        int length;
        if ((format & 0xe0) == 0xa0) {
            length = format & 0x1f;
        } else if (format == 0xd9) {
            length = bytes.get() & 0xff;
        } else if (format == 0xda) {
            length = bytes.getShort() & 0xffff;
        } else {
            throw new Malformed();
        }
        var text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static byte[] checkAnswer(String message, int code) {
        var out = new ByteArrayOutputStream();
        out.write(0x84);
        for (var text : List.of("msg", message, "timestamp")) {
            out.write(0xa0 | text.length());
            out.writeBytes(utf8(text));
        }
        out.write(0xce);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) (System.currentTimeMillis() / 1000)).array());
        out.write(0xa4);
        out.writeBytes(utf8("code"));
        out.write(code);
        out.write(0xa4);
        out.writeBytes(utf8("data"));
        out.write(0xa0);
        return out.toByteArray();
    }

    private static Read readCardRecharge(byte[] body) throws GeneralSecurityException {
        var fields = Json.object(body);
        // The signed text is the body as it stands, without its sign.
        var signed = new String(body, StandardCharsets.UTF_8).replaceFirst(",\"sign\":\"[^\"]*\"", "");
        var sorted = signed.codePoints().sorted().collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        verifyMd5(sorted, text(fields, "sign"));
        // "failed": nothing was bought, give the player back what was paid. card[] holds the cards, if any were bought.
        return new Read(text(fields, "orderno"), text(fields, "status").equals("success"));
    }

    private static String text(Map<?, ?> fields, String name) {
        var text = (String) fields.get(name);
        if (text == null || text.isEmpty()) {
            throw new Malformed();
        }
        return text;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** The JSON that the JDK lacks. Numbers, true, false and null come as their text, since a number is signed by its text. Use a library if the game has one. */
    private static final class Json {
        private static final int DEPTH_MAX = 32;
        private final String text;
        private int at;

        private Json(String text) {
            this.text = text;
        }

        static Map<String, Object> object(byte[] utf8) {
            var json = new Json(new String(utf8, StandardCharsets.UTF_8));
            var value = json.value(0);
            if (json.at < json.text.length() || !(value instanceof Map<?, ?> map)) {
                throw new Malformed();
            }
            var object = new HashMap<String, Object>();
            map.forEach((name, member) -> object.put((String) name, member));
            return object;
        }

        private Object value(int depth) {
            if (depth > DEPTH_MAX) {
                throw new Malformed();
            }
            blank();
            Object value = switch (text.charAt(at)) {
                case '{' -> members(depth);
                case '[' -> items(depth);
                case '"' -> string();
                default -> literal();
            };
            blank();
            return value;
        }

        private Map<String, Object> members(int depth) {
            var members = new HashMap<String, Object>();
            expect('{');
            blank();
            if (text.charAt(at) != '}') {
                do {
                    blank();
                    var name = string();
                    blank();
                    expect(':');
                    members.put(name, value(depth + 1));
                } while (skip(','));
            }
            expect('}');
            return members;
        }

        private List<Object> items(int depth) {
            var items = new ArrayList<>();
            expect('[');
            blank();
            if (text.charAt(at) != ']') {
                do {
                    items.add(value(depth + 1));
                } while (skip(','));
            }
            expect(']');
            return items;
        }

        private String string() {
            expect('"');
            var string = new StringBuilder();
            while (text.charAt(at) != '"') {
                var unit = text.charAt(at++);
                if (unit != '\\') {
                    string.append(unit);
                    continue;
                }
                var escaped = text.charAt(at++);
                switch (escaped) {
                    case 'b' -> string.append('\b');
                    case 'f' -> string.append('\f');
                    case 'n' -> string.append('\n');
                    case 'r' -> string.append('\r');
                    case 't' -> string.append('\t');
                    case 'u' -> {
                        string.append((char) Integer.parseInt(text, at, at + 4, 16));
                        at += 4;
                    }
                    default -> string.append(escaped);
                }
            }
            at++;
            return string.toString();
        }

        private String literal() {
            var start = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            var literal = text.substring(start, at);
            if (!literal.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null")) {
                throw new Malformed();
            }
            return literal;
        }

        private void blank() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private boolean skip(char expected) {
            if (text.charAt(at) != expected) {
                return false;
            }
            at++;
            return true;
        }

        private void expect(char expected) {
            if (!skip(expected)) {
                throw new Malformed();
            }
        }
    }
}
