// Receives OrderCenter's callbacks of all four protocols, by path. Go 1.19 or later, nothing to fetch.
//
//	SECRETS=newest,previous GRANTS=/var/lib/mygame/grants PORT=8080 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

const (
	bodyBytesMax     = 1 << 20
	toleranceSeconds = 300
)

var (
	errSignature = errors.New("wrong signature")
	errMalformed = errors.New("malformed")
	secrets      []string
	signMember   = regexp.MustCompile(`,"sign":"[^"]*"`)
)

// A protocol reads a body, verifies its own sign, and says which order it is about and whether that was paid.
type protocol struct {
	read   func(body []byte, header http.Header) (order string, pays bool, err error)
	status int
	kind   string
	answer func(isFirst bool) []byte
}

var protocols = map[string]protocol{
	"/orderapi":     {readOrderAPI, 204, "text/plain", func(bool) []byte { return nil }},
	"/h5sdk":        {readH5Sdk, 200, "application/json", func(bool) []byte { return []byte(`{"code":"000","data":"","message":"success"}`) }},
	"/ordercheck":   {readOrderCheck, 200, "application/msgpack", checkAnswer},
	"/cardrecharge": {readCardRecharge, 200, "text/plain", func(bool) []byte { return []byte("success") }},
}

func main() {
	for _, secret := range strings.Split(os.Getenv("SECRETS"), ",") {
		if secret != "" { // A key that is empty verifies what anyone signs, so it is no key.
			secrets = append(secrets, secret)
		}
	}
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: http.HandlerFunc(receive), ReadTimeout: 30 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func receive(w http.ResponseWriter, r *http.Request) {
	p, isKnown := protocols[r.URL.Path]
	if !isKnown {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyBytesMax))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	isFirst := false
	if err = verifyWebhook(r.Header, body); err == nil {
		var order string
		var pays bool
		// Also compare amount, product and player with what the game sold.
		if order, pays, err = p.read(body, r.Header); err == nil && pays {
			isFirst, err = grant(order)
		}
	}
	switch {
	case err == nil:
		w.Header().Set("Content-Type", p.kind)
		w.WriteHeader(p.status)
		w.Write(p.answer(isFirst))
	case errors.Is(err, errSignature):
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case errors.Is(err, errMalformed):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default: // The callback comes again.
		http.Error(w, "", http.StatusInternalServerError)
	}
}

// True the first time. It stands for one database transaction: insert the order's number under a unique key, and grant the goods.
func grant(order string) (bool, error) {
	name := sha256.Sum256([]byte(order))
	note, err := os.OpenFile(filepath.Join(os.Getenv("GRANTS"), hex.EncodeToString(name[:])), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, note.Close()
}

// Standard Webhooks: every callback carries it. For OrderApi and OrderCheck it is the only signature, for the others the strong one.
func verifyWebhook(header http.Header, body []byte) error {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := time.Now().Unix() - seconds; err != nil || age > toleranceSeconds || age < -toleranceSeconds {
		return errSignature
	}
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, signature := range strings.Split(header.Get("webhook-signature"), " ") {
			if subtle.ConstantTimeCompare([]byte(signature), []byte(expected)) == 1 {
				return nil
			}
		}
	}
	return errSignature
}

func verifyMD5(canonical, sign string) error {
	for _, secret := range secrets {
		digest := md5.Sum([]byte(canonical + secret))
		if subtle.ConstantTimeCompare([]byte(strings.ToLower(sign)), []byte(hex.EncodeToString(digest[:]))) == 1 {
			return nil
		}
	}
	return errSignature
}

func readOrderAPI(body []byte, _ http.Header) (string, bool, error) {
	var message struct {
		Type string
		Data struct{ Platorderid string }
	}
	if json.Unmarshal(body, &message) != nil || message.Data.Platorderid == "" {
		return "", false, errMalformed
	}
	return message.Data.Platorderid, message.Type == "order.paid", nil
}

func readH5Sdk(body []byte, header http.Header) (string, bool, error) {
	fields := map[string]string{}
	if strings.HasPrefix(header.Get("content-type"), "application/json") {
		var raw map[string]json.RawMessage
		if json.Unmarshal(body, &raw) != nil {
			return "", false, errMalformed
		}
		for name, value := range raw { // A number is signed by its text as sent.
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(value)
			}
			fields[name] = text
		}
	} else {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "", false, errMalformed
		}
		for name := range form {
			fields[name] = form.Get(name)
		}
	}
	if fields["tradeNo"] == "" {
		return "", false, errMalformed
	}
	var pairs []string
	for name, value := range fields {
		if name != "sign" && name != "data" {
			pairs = append(pairs, name+"="+value)
		}
	}
	sort.Slice(pairs, func(i, j int) bool { return strings.SplitN(pairs[i], "=", 2)[0] < strings.SplitN(pairs[j], "=", 2)[0] })
	return fields["tradeNo"], true, verifyMD5(strings.Join(pairs, "&"), fields["sign"])
}

// A msgpack map of at most 15 texts, each of at most 65,535 bytes.
func readOrderCheck(body []byte, _ http.Header) (string, bool, error) {
	isRight := true
	take := func(count int) []byte {
		if !isRight || len(body) < count {
			isRight = false
			return make([]byte, count)
		}
		taken := body[:count]
		body = body[count:]
		return taken
	}
	text := func() string {
		format := take(1)[0]
		switch {
		case format&0xe0 == 0xa0:
			return string(take(int(format & 0x1f)))
		case format == 0xd9:
			return string(take(int(take(1)[0])))
		case format == 0xda:
			return string(take(int(binary.BigEndian.Uint16(take(2)))))
		}
		isRight = false
		return ""
	}
	format := take(1)[0]
	if format&0xf0 != 0x80 {
		return "", false, errMalformed
	}
	fields := map[string]string{}
	for left := format & 0x0f; left > 0; left-- {
		name := text()
		fields[name] = text()
	}
	if !isRight || fields["sz_order_id"] == "" {
		return "", false, errMalformed
	}
	return fields["sz_order_id"], true, nil
}

func checkAnswer(isFirst bool) []byte {
	message, code := "repeated", byte(2)
	if isFirst {
		message, code = "successful", 0
	}
	out := []byte{0x84}
	text := func(s string) { out = append(append(out, 0xa0|byte(len(s))), s...) }
	text("msg")
	text(message)
	text("timestamp")
	out = append(out, 0xce, 0, 0, 0, 0)
	binary.BigEndian.PutUint32(out[len(out)-4:], uint32(time.Now().Unix()))
	text("code")
	out = append(out, code)
	text("data")
	text("")
	return out
}

func readCardRecharge(body []byte, _ http.Header) (string, bool, error) {
	var fields struct{ Orderno, Status, Sign string }
	if json.Unmarshal(body, &fields) != nil || fields.Orderno == "" {
		return "", false, errMalformed
	}
	// The signed text is the body as it stands, without its sign.
	at := signMember.FindIndex(body)
	if at == nil {
		return "", false, errMalformed
	}
	characters := []rune(string(body[:at[0]]) + string(body[at[1]:]))
	sort.Slice(characters, func(i, j int) bool { return characters[i] < characters[j] })
	// "failed": nothing was bought, give the player back what was paid. card[] holds the cards, if any were bought.
	return fields.Orderno, fields.Status == "success", verifyMD5(string(characters), fields.Sign)
}
