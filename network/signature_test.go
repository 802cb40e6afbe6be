package network_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/webhook/fake"
)

var signedAt = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// The vectors are those that the senders' documentation prints.
func TestPublishedSignaturesAreVerified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scheme, secret, body, id string
		header                   map[string]string
		at                       time.Time
	}{
		{"standard", "\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0", `{"test": 2432232314}`, "msg_p5jXN8AQM9LWM0D4loKWxJek",
			map[string]string{
				"Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp": "1614265330",
				"Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			}, time.Unix(1614265330, 0)},
		{"hub", "It's a Secret to Everybody", "Hello, World!", "",
			map[string]string{"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}, signedAt},
	} {
		sc, _ := network.SchemeOf(c.scheme)
		d := &network.Delivery{Header: http.Header{}, Body: []byte(c.body)}
		for name, value := range c.header {
			d.Header.Set(name, value)
		}
		id, err := sc.Verify([][]byte{[]byte(c.secret)}, d, c.at)
		if err != nil || id != c.id {
			t.Errorf("%s: %q, %v", c.scheme, id, err)
		}
	}
}

// proves TK4
func TestEverySchemeTakesWhatIsSignedAndNothingElse(t *testing.T) {
	t.Parallel()
	const body = `{"id":"1","text":"The kettle broke"}`
	for _, sc := range network.Schemes() {
		sender := &fake.Sender{Scheme: sc, Secret: []byte("the newer secret of the shop"), Clock: func() time.Time { return signedAt }}
		secrets := [][]byte{[]byte("the older secret of the shop"), sender.Secret}
		deliver := func(fault fake.Fault, secrets [][]byte) (string, error) {
			d := &network.Delivery{Header: http.Header{}}
			d.Body = sender.Headers(d.Header, "msg-1", body, fault)
			return sc.Verify(secrets, d, signedAt.Add(time.Minute))
		}
		id, err := deliver(fake.None, secrets)
		if err != nil {
			t.Errorf("%s: %v", sc.Name, err)
		}
		if want := sc.ID != ""; (id == "msg-1") != want {
			t.Errorf("%s: the id is %q", sc.Name, id)
		}
		if _, err := deliver(fake.None, nil); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("%s without a secret: %v", sc.Name, err)
		}
		if _, err := deliver(fake.None, secrets[:1]); hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("%s with another workspace's secret: %v", sc.Name, err)
		}
		timed := sc.Time != "" || sc.Pairs
		for _, fault := range fake.Faults {
			if sc.Plain && slices.Contains([]fake.Fault{fake.Altered, fake.Encoded, fake.Stale, fake.Early}, fault) || !timed && (fault == fake.Stale || fault == fake.Early) {
				continue // it signs no such thing
			}
			if _, err := deliver(fault, secrets); hearth.ErrorCode(err) != hearth.Denied {
				t.Errorf("%s, %v: %v", sc.Name, fault, err)
			}
		}
	}
}

// proves F12 for signatures: the window is kept to the second on both sides.
func TestTheTimeOfSigningMayBeFiveMinutesOff(t *testing.T) {
	t.Parallel()
	for _, sc := range network.Schemes() {
		if sc.Time == "" && !sc.Pairs {
			continue
		}
		d := &network.Delivery{Header: http.Header{}, Body: []byte("{}")}
		sc.Sign(d.Header, []byte("secret"), "1", signedAt, d.Body)
		for off, want := range map[time.Duration]hearth.Code{
			0: "", 5 * time.Minute: "", -5 * time.Minute: "", 5*time.Minute + time.Second: hearth.Denied, -5*time.Minute - time.Second: hearth.Denied,
		} {
			if _, err := sc.Verify([][]byte{[]byte("secret")}, d, signedAt.Add(off)); hearth.ErrorCode(err) != want {
				t.Errorf("%s, %v after: %v", sc.Name, off, err)
			}
		}
	}
}

func TestSignaturesByTheDozenAreRefused(t *testing.T) {
	t.Parallel()
	sc, _ := network.SchemeOf("standard")
	d := &network.Delivery{Header: http.Header{}, Body: []byte("{}")}
	sc.Sign(d.Header, []byte("secret"), "1", signedAt, d.Body)
	good := d.Header.Get(sc.Header)
	d.Header.Set(sc.Header, "v1,AAAA v2,BBBB "+good)
	if _, err := sc.Verify([][]byte{[]byte("secret")}, d, signedAt); err != nil {
		t.Errorf("a rotation: %v", err)
	}
	many := ""
	for range 100 {
		many += "v1,AAAA "
	}
	d.Header.Set(sc.Header, many+good)
	if _, err := sc.Verify([][]byte{[]byte("secret")}, d, signedAt); hearth.ErrorCode(err) != hearth.Denied {
		t.Error("a hundred signatures were tried")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("v1,abc", "1761998400", "id", "{}")
	f.Add("t=1761998400,v1=00", "", "", "")
	f.Fuzz(func(t *testing.T, signature, at, id, body string) {
		for _, sc := range network.Schemes() {
			h := http.Header{}
			h.Set(sc.Header, signature)
			if sc.Time != "" {
				h.Set(sc.Time, at)
			}
			if sc.ID != "" {
				h.Set(sc.ID, id)
			}
			if _, err := sc.Verify([][]byte{[]byte("a secret nobody can guess")}, &network.Delivery{Header: h, Body: []byte(body)}, signedAt); err == nil {
				t.Fatalf("%s takes %q", sc.Name, signature)
			}
		}
	})
}
