package outbox

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"

	webpush "github.com/SherClockHolmes/webpush-go"

	"hearth"
)

// PushKeys identify this Hearth to the browsers' message services (VAPID, RFC
// 8292): base64url, without padding.
type PushKeys struct {
	Public  string
	Private string
	Contact string // an address that a service may complain to
}

// PushKeySize is the length of the secret that keys are made of.
const PushKeySize = 32

// NewPushKeys makes keys of PushKeySize secret bytes; the same bytes give the
// same keys.
func NewPushKeys(secret []byte) (PushKeys, error) {
	key, err := ecdh.P256().NewPrivateKey(secret)
	if err != nil {
		return PushKeys{}, hearth.Errorf(hearth.Damaged, "The key of browser messages cannot be used (%v); remove it, and browsers subscribe anew.", err)
	}
	return PushKeys{
		Public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), Private: base64.RawURLEncoding.EncodeToString(key.Bytes()),
	}, nil
}

// subscription is what a browser gives.
type subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		Auth   string `json:"auth"`
		P256dh string `json:"p256dh"`
	} `json:"keys"`
	host string
}

// readSubscription reads a browser's subscription as JSON.
func readSubscription(text string) (s subscription, err error) {
	bad := wrong("subscription", "This is no subscription of a browser.")
	if len(text) > 4096 || json.Unmarshal([]byte(text), &s) != nil {
		return s, bad
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return s, bad
	}
	key, err := unpadded(s.Keys.P256dh)
	if err != nil {
		return s, bad
	}
	if _, err := ecdh.P256().NewPublicKey(key); err != nil {
		return s, bad
	}
	if auth, err := unpadded(s.Keys.Auth); err != nil || len(auth) != 16 {
		return s, bad
	}
	s.host = u.Host
	return s, nil
}

func unpadded(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

const pushLife = 24 * 60 * 60 // seconds that a service keeps a message for

// sendPush encrypts a message for a browser (RFC 8291) and hands it to the
// browser's service. The topic lets a service replace what it holds already.
func (o *Outbox) sendPush(ctx context.Context, d *Dispatch, c *Channel) outcome {
	text, err := o.o.Open(c.label("target"), c.target)
	if err != nil {
		return outcome{fate: refusedIt, err: err.Error()}
	}
	s, err := readSubscription(text)
	if err != nil || o.o.Push == nil {
		return outcome{fate: refusedIt, err: "The browser's subscription cannot be used."}
	}
	connected := false
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	to := &webpush.Subscription{Endpoint: s.Endpoint, Keys: webpush.Keys{Auth: s.Keys.Auth, P256dh: s.Keys.P256dh}}
	answer, err := webpush.SendNotificationWithContext(traced, d.Body, to, &webpush.Options{
		HTTPClient: o.client(c, s.Endpoint), Subscriber: o.o.Push.Contact, VAPIDPublicKey: o.o.Push.Public, VAPIDPrivateKey: o.o.Push.Private,
		TTL: pushLife, Urgency: webpush.UrgencyHigh, Topic: strings.TrimPrefix(d.MessageID, "msg_"),
	})
	out := o.judge(answer, err, connected)
	if out.status == http.StatusGone || out.status == http.StatusNotFound {
		out.fate, out.stop = refusedIt, "The browser does not take messages any more."
	}
	return out
}
