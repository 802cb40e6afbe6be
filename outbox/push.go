package outbox

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptrace"
	"net/netip"
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
	if err != nil || u.Scheme != "https" && !here(u) || u.Host == "" || u.User != nil {
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

// here says whether an address is one of this machine, where tests listen in
// the clear. Whether it is connected to at all is outbound's to say.
func here(u *url.URL) bool {
	address, err := netip.ParseAddr(u.Hostname())
	return err == nil && u.Scheme == "http" && address.IsLoopback()
}

func unpadded(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// told is a message to a browser. It holds no more than the headline: it is
// shown on a device that may lie on a table.
type told struct {
	Title  string `json:"title"`
	Link   string `json:"link,omitempty"` // a path of ours
	Tag    string `json:"tag"`            // a later message with the same one takes its place
	Urgent bool   `json:"urgent,omitempty"`
}

func toldBy(c *Channel, e *Event) told {
	t := told{Title: shorten(e.Title, 200), Link: e.Path, Tag: e.Path, Urgent: e.Class == urgent}
	if !strings.HasPrefix(t.Link, "/") {
		t.Link, t.Tag = "", messageID(c, e)
	}
	return t
}

// goneBrowser is why a device is told nothing any more.
const goneBrowser = "The browser does not take messages any more."

const (
	pushLife = 24 * 60 * 60 // seconds that a service keeps a message for
	urgent   = "all-hands"  // the class that stays on the screen until somebody looks
)

// sendPush encrypts a message for a browser (RFC 8291) and hands it to the
// browser's service (RFC 8030). By its topic a message that waits there for a
// device that is off takes the place of an earlier one about the same.
func (o *Outbox) sendPush(ctx context.Context, d *Dispatch, c *Channel) outcome {
	text, err := o.o.Open(c.label("target"), c.target)
	if err != nil {
		return outcome{fate: refusedIt, err: err.Error()}
	}
	s, err := readSubscription(text)
	if err != nil || o.o.Push == nil {
		return outcome{fate: refusedIt, err: "The browser's subscription cannot be used."}
	}
	var m told
	if err := json.Unmarshal(d.Body, &m); err != nil {
		return outcome{fate: refusedIt, err: "The message cannot be read."}
	}
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	topic := sha256.Sum256([]byte(c.label(m.Tag)))
	connected := false
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	to := &webpush.Subscription{Endpoint: s.Endpoint, Keys: webpush.Keys{Auth: s.Keys.Auth, P256dh: s.Keys.P256dh}}
	answer, err := webpush.SendNotificationWithContext(traced, d.Body, to, &webpush.Options{
		HTTPClient: o.client(c, s.Endpoint), Subscriber: o.o.Push.Contact, VAPIDPublicKey: o.o.Push.Public, VAPIDPrivateKey: o.o.Push.Private,
		TTL: pushLife, Urgency: urgency, Topic: base64.RawURLEncoding.EncodeToString(topic[:18]), // at most 32 letters
	})
	out := o.judge(answer, err, connected)
	if out.status == http.StatusGone || out.status == http.StatusNotFound {
		out.fate, out.stop = refusedIt, goneBrowser
	}
	return out
}
