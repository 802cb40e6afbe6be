package network

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// Scheme is how a sender signs what it sends. What is signed ends with the
// body, byte for byte.
type Scheme struct {
	Name  string
	Title string

	Header string // where the signatures stand
	Time   string // header with the time of signing in Unix seconds; "": it has none, or stands among Pairs
	ID     string // header with the id of the delivery, which is signed too; "": none

	Before string // what is signed before the body; {id} and {time} stand for theirs
	Marks  []Mark // how one signature is written
	Many   string // between several signatures, "": there is one
	Pairs  bool   // the header is t=TIME,v1=SIGNATURE,…
	Base64 bool   // else hexadecimal
	Plain  bool   // the header is the secret itself, nothing is signed
}

// Mark is what a signature begins with, and so how it was computed.
type Mark struct {
	Prefix string
	Hash   func() hash.Hash // of the HMAC
}

// Schemes are the ways of signing that are known (networks of the field, as
// their documentation describes them), the recommended first.
//
// An id counts only where it is signed: anybody who saw a delivery could send
// it again under another one.
func Schemes() []Scheme {
	sha256Hex := []Mark{{"sha256=", sha256.New}}
	bare := []Mark{{"", sha256.New}}
	return []Scheme{
		{Name: "standard", Title: "Standard Webhooks", Header: "Webhook-Signature", Time: "Webhook-Timestamp", ID: "Webhook-Id",
			Before: "{id}.{time}.", Marks: []Mark{{"v1,", sha256.New}}, Many: " ", Base64: true},
		{Name: "hub", Title: "X-Hub-Signature-256 (GitHub, Meta)", Header: "X-Hub-Signature-256", Marks: sha256Hex},
		{Name: "timestamped", Title: "HMAC of time and body", Header: "X-Webhook-Signature", Time: "X-Webhook-Timestamp", Before: "{time}.", Marks: sha256Hex},
		{Name: "websub", Title: "WebSub", Header: "X-Hub-Signature",
			Marks: []Mark{{"sha256=", sha256.New}, {"sha384=", sha512.New384}, {"sha512=", sha512.New}}},
		{Name: "stripe", Title: "Stripe", Header: "Stripe-Signature", Before: "{time}.", Marks: []Mark{{"v1=", sha256.New}}, Many: ",", Pairs: true},
		{Name: "slack", Title: "Slack", Header: "X-Slack-Signature", Time: "X-Slack-Request-Timestamp", Before: "v0:{time}:", Marks: []Mark{{"v0=", sha256.New}}},
		{Name: "shopify", Title: "Shopify", Header: "X-Shopify-Hmac-Sha256", Marks: bare, Base64: true},
		{Name: "woocommerce", Title: "WooCommerce", Header: "X-Wc-Webhook-Signature", Marks: bare, Base64: true},
		{Name: "discourse", Title: "Discourse", Header: "X-Discourse-Event-Signature", Marks: sha256Hex},
		{Name: "linkedin", Title: "LinkedIn", Header: "X-Li-Signature", Before: "hmacsha256=", Marks: bare},
		{Name: "x", Title: "X", Header: "X-Twitter-Webhooks-Signature", Marks: sha256Hex, Base64: true},
		{Name: "telegram", Title: "Telegram", Header: "X-Telegram-Bot-Api-Secret-Token", Plain: true, Marks: []Mark{{Prefix: ""}}},
		{Name: "bearer", Title: "Authorization: Bearer", Header: "Authorization", Plain: true, Marks: []Mark{{Prefix: "Bearer "}}},
	}
}

// SchemeOf is the scheme of a name.
func SchemeOf(name string) (Scheme, bool) {
	for _, s := range Schemes() {
		if s.Name == name {
			return s, true
		}
	}
	return Scheme{}, false
}

const (
	// SignedWithin is how far the time of signing may be from now, to both
	// sides.
	SignedWithin = 5 * time.Minute

	maxSignatures = 8 // in one delivery
	maxDeliveryID = 256
)

// The reasons why a delivery is refused. They never repeat what was sent.
var (
	errNoSecret  = &hearth.Error{Code: hearth.Denied, Message: "The source has no secret, so it takes nothing."}
	errUnsigned  = &hearth.Error{Code: hearth.Denied, Message: "The delivery is not signed as the source expects it."}
	errForged    = &hearth.Error{Code: hearth.Denied, Message: "The signature does not fit the delivery and the secret."}
	errNoTime    = &hearth.Error{Code: hearth.Denied, Message: "The delivery does not say when it was signed."}
	errTooOld    = &hearth.Error{Code: hearth.Denied, Message: "The delivery was signed more than 5 minutes ago. Check the clocks of both sides."}
	errTooEarly  = &hearth.Error{Code: hearth.Denied, Message: "The delivery was signed more than 5 minutes in the future. Check the clocks of both sides."}
	errNoID      = &hearth.Error{Code: hearth.Denied, Message: "The delivery has no id, or one that is too long."}
	errManySigns = &hearth.Error{Code: hearth.Denied, Message: "The delivery has more signatures than any rotation needs."}
)

// Verify judges a delivery by its raw bytes, in constant time, with each of the
// secrets: during a rotation there are two. It gives the id of the delivery
// where that is signed, else "". The errors are Denied, a fixed sentence each.
func (sc *Scheme) Verify(secrets [][]byte, d *Delivery, now time.Time) (id string, err error) {
	if len(secrets) == 0 {
		return "", errNoSecret
	}
	signatures, at, err := sc.signatures(d.Header)
	if err != nil {
		return "", err
	}
	if sc.ID != "" {
		id = d.Header.Get(sc.ID)
		if id == "" || len(id) > maxDeliveryID {
			return "", errNoID
		}
	}
	before := strings.NewReplacer("{id}", id, "{time}", at).Replace(sc.Before)
	if !sc.fits(secrets, signatures, before, d.Body) {
		return "", errForged
	}
	if sc.timed() {
		if err := inWindow(at, now); err != nil {
			return "", err
		}
	}
	return id, nil
}

// timed says whether the time is signed.
func (sc *Scheme) timed() bool { return sc.Time != "" || sc.Pairs }

// signatures are those in the headers, with their marks, and the time as it is
// written.
func (sc *Scheme) signatures(h http.Header) (list []string, at string, err error) {
	values := h.Values(sc.Header)
	if len(values) != 1 || values[0] == "" {
		return nil, "", errUnsigned
	}
	list = values
	if sc.Many != "" {
		if strings.Count(values[0], sc.Many) > maxSignatures {
			return nil, "", errManySigns
		}
		list = strings.Split(values[0], sc.Many)
	}
	if sc.Time != "" {
		at = h.Get(sc.Time)
	}
	if sc.Pairs {
		for _, pair := range list {
			if t, ok := strings.CutPrefix(strings.TrimSpace(pair), "t="); ok {
				at = t
			}
		}
	}
	if sc.timed() && at == "" {
		return nil, "", errNoTime
	}
	return list, at, nil
}

// fits says whether one of the signatures is that of one of the secrets.
func (sc *Scheme) fits(secrets [][]byte, signatures []string, before string, body []byte) bool {
	for _, mark := range sc.Marks {
		var given [][]byte
		for _, s := range signatures {
			if text, ok := strings.CutPrefix(strings.TrimSpace(s), mark.Prefix); ok {
				if b, ok := sc.decoded(text); ok {
					given = append(given, b)
				}
			}
		}
		if len(given) == 0 {
			continue
		}
		for _, secret := range secrets {
			want := sc.sum(secret, mark, before, body)
			for _, b := range given {
				if subtle.ConstantTimeCompare(want, b) == 1 {
					return true
				}
			}
		}
	}
	return false
}

func (sc *Scheme) decoded(text string) ([]byte, bool) {
	var b []byte
	var err error
	switch {
	case sc.Plain:
		sum := sha256.Sum256([]byte(text)) // so that the length of the secret does not show
		return sum[:], text != ""
	case sc.Base64:
		b, err = base64.StdEncoding.DecodeString(text)
	default:
		b, err = hex.DecodeString(text)
	}
	return b, err == nil && len(b) > 0
}

func (sc *Scheme) sum(secret []byte, mark Mark, before string, body []byte) []byte {
	if sc.Plain {
		sum := sha256.Sum256(secret)
		return sum[:]
	}
	mac := hmac.New(mark.Hash, secret)
	mac.Write([]byte(before))
	mac.Write(body)
	return mac.Sum(nil)
}

// inWindow says whether a time of signing is near enough.
func inWindow(at string, now time.Time) error {
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || seconds <= 0 || seconds > 1<<40 {
		return errNoTime
	}
	switch age := now.Sub(time.Unix(seconds, 0)); {
	case age > SignedWithin:
		return errTooOld
	case age < -SignedWithin:
		return errTooEarly
	}
	return nil
}

// Sign sets the headers of a delivery as its sender would, with the first of
// the marks: for senders of our own and for tests.
func (sc *Scheme) Sign(h http.Header, secret []byte, id string, at time.Time, body []byte) {
	mark := sc.Marks[0]
	seconds := strconv.FormatInt(at.Unix(), 10)
	if sc.ID != "" {
		h.Set(sc.ID, id)
	}
	if sc.Time != "" {
		h.Set(sc.Time, seconds)
	}
	before := strings.NewReplacer("{id}", id, "{time}", seconds).Replace(sc.Before)
	var signature string
	switch sum := sc.sum(secret, mark, before, body); {
	case sc.Plain:
		signature = mark.Prefix + string(secret)
	case sc.Base64:
		signature = mark.Prefix + base64.StdEncoding.EncodeToString(sum)
	default:
		signature = mark.Prefix + hex.EncodeToString(sum)
	}
	if sc.Pairs {
		signature = "t=" + seconds + "," + signature
	}
	h.Set(sc.Header, signature)
}
