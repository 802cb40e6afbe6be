package access_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"hearth"
	"hearth/access"
)

var atHome = access.Site{Name: "hearth.acme.example", Origin: "https://hearth.acme.example"}

// device is an authenticator with one key.
type device struct {
	party virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

// wholeKey is the length of a public key on P-256 as a device tells it (RFC 9052,
// COSE_Key): two numbers of 32 bytes each, and what they are.
const wholeKey = 77

func newDevice() *device {
	d := &device{
		party: virtualwebauthn.RelyingParty{Name: "Hearth", ID: atHome.Name, Origin: atHome.Origin},
		auth:  virtualwebauthn.NewAuthenticator(),
	}
	// One key in 128 has a number that begins with a zero, which virtualwebauthn
	// leaves out; no real device does.
	for d.key.Key == nil || len(d.key.Key.AttestationData()) != wholeKey {
		d.key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return d
}

// created is the answer to a question for a new key.
func (d *device) created(t *testing.T, c access.Ceremony) []byte {
	t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	if asked.RelyingPartyID != atHome.Name || asked.UserID == "" {
		t.Fatalf("the question is %s", c.Options)
	}
	d.auth.Options.UserHandle = []byte(asked.UserID)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.party, d.auth, d.key, *asked))
}

// signed is the answer to the question who somebody is.
func (d *device) signed(t *testing.T, c access.Ceremony) []byte {
	t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(d.party, d.auth, d.key, *asked))
}

// addPasskey gives a person a key on a new device, and the session with which
// they go on.
func (h *house) addPasskey(by access.Actor, name string) (*device, access.Passkey, access.Actor) {
	t := h.t.(*testing.T)
	t.Helper()
	d := newDevice()
	c, err := h.BeginPasskey(t.Context(), by, atHome)
	if err != nil {
		t.Fatal(err)
	}
	p, token, err := h.AddPasskey(t.Context(), by, c.Ticket, name, d.created(t, c))
	if err != nil {
		t.Fatal(err)
	}
	by, _, err = h.SessionActor(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	h.tokens[by.Session] = token
	return d, p, by
}

func (h *house) ask(t *testing.T) access.Ceremony {
	t.Helper()
	c, err := h.BeginPasskeySignIn(t.Context(), home, atHome)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPasskeyLetsItsOwnerIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	phone, p, now := h.addPasskey(ann, "Ann's phone")
	if h.Holds(t.Context(), ann) {
		t.Error("the session from before the passkey lives on")
	}
	h.clock.advance(time.Hour)
	c := h.ask(t)
	e, err := h.PasskeySignIn(t.Context(), home, c.Ticket, phone.signed(t, c))
	if err != nil {
		t.Fatal(err)
	}
	by, session, err := h.SessionActor(t.Context(), e.Token)
	if err != nil || by.User != ann.User || session.Method != "passkey" || e.Second != "" {
		t.Fatalf("%+v signed in by %q: %v", by, session.Method, err)
	}
	list, err := h.Passkeys(t.Context(), by)
	if err != nil || len(list) != 1 || list[0].ID != p.ID || list[0].Name != "Ann's phone" || list[0].Seen.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}
	if q, err := h.RenamePasskey(t.Context(), by, p.ID, "Old phone"); err != nil || q.Name != "Old phone" {
		t.Errorf("%+v, %v", q, err)
	}
	_, err = h.RemovePasskey(t.Context(), now, p.ID)
	wantCode(t, "removing it an hour after the last proof", err, hearth.Denied)
	if _, err := h.RemovePasskey(t.Context(), by, p.ID); err != nil {
		t.Fatal(err)
	}
	if h.Holds(t.Context(), by) {
		t.Error("the session from before the removal lives on")
	}
	c = h.ask(t)
	_, err = h.PasskeySignIn(t.Context(), home, c.Ticket, phone.signed(t, c))
	wantCode(t, "a passkey that was removed", err, hearth.Denied)
	log, err := h.AuditLog(t.Context(), operator, access.AuditSearch{Verb: "passkey."})
	if err != nil || len(log.Lines) != 3 {
		t.Fatalf("%d lines, %v", len(log.Lines), err)
	}
	for i, verb := range []string{"passkey.remove", "passkey.rename", "passkey.add"} {
		if log.Lines[i].Verb != verb || log.Lines[i].Object != access.Of("passkey", p.ID) {
			t.Errorf("line %d is %+v", i, log.Lines[i])
		}
	}
}

// proves ID3 for ceremonies
func TestAQuestionToADeviceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	phone, _, by := h.addPasskey(h.owner(), "phone")
	c := h.ask(t)
	answer := phone.signed(t, c)
	var wg sync.WaitGroup
	var mu sync.Mutex
	entered := 0
	for i := range 16 {
		wg.Go(func() {
			if e, err := h.PasskeySignIn(t.Context(), from(fmt.Sprintf("198.51.100.%d", i+1)), c.Ticket, answer); err == nil && e.Token != "" {
				mu.Lock()
				defer mu.Unlock()
				entered++
			}
		})
	}
	wg.Wait()
	if entered != 1 {
		t.Errorf("one answer opened %d sessions", entered)
	}
	n, err := h.BeginPasskey(t.Context(), by, atHome)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.AddPasskey(t.Context(), by, n.Ticket, "again", phone.created(t, n))
	wantCode(t, "a key that is there already", err, hearth.Conflict)
	other := newDevice()
	n, err = h.BeginPasskey(t.Context(), by, atHome)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.advance(6 * time.Minute)
	_, _, err = h.AddPasskey(t.Context(), by, n.Ticket, "late", other.created(t, n))
	wantCode(t, "an answer after six minutes", err, hearth.Denied)
}

func TestAPasskeyThatCountsBackwardsIsRefusedAndRecorded(t *testing.T) {
	t.Parallel()
	h := open(t)
	phone, p, _ := h.addPasskey(h.owner(), "phone")
	for _, step := range []struct {
		count uint32
		want  hearth.Code
	}{{7, ""}, {8, ""}, {8, hearth.Denied}, {3, hearth.Denied}, {0, hearth.Denied}, {9, ""}} {
		phone.key.Counter = step.count
		c := h.ask(t)
		if _, err := h.PasskeySignIn(t.Context(), home, c.Ticket, phone.signed(t, c)); hearth.ErrorCode(err) != step.want {
			t.Errorf("counting %d: %v, want %q", step.count, err, step.want)
		}
	}
	log, err := h.AuditLog(t.Context(), operator, access.AuditSearch{Verb: "passkey.refuse"})
	if err != nil || len(log.Lines) != 3 || log.Lines[0].Object != access.Of("passkey", p.ID) {
		t.Errorf("%d lines, %v", len(log.Lines), err)
	}
}

// proves ID1 and TK1 for passkeys: nothing but the right key's answer to this very
// question, asked here, lets anybody in.
func TestAnswersThatAreNotToThisQuestionAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	_, token, err := h.Invite(t.Context(), ann, access.InvitationDraft{Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.AcceptInvitation(t.Context(), home, token, access.Draft{Name: "ben", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	bens, _, ben := h.addPasskey(h.actor(e), "ben's")
	phone, _, ann := h.addPasskey(ann, "phone")
	right := *phone
	earlier := h.ask(t)
	for name, spoil := range map[string]func(*device, *access.Ceremony) []byte{
		"another origin": func(d *device, c *access.Ceremony) []byte {
			d.party.Origin = "https://hearth-acme.example"
			return d.signed(t, *c)
		},
		"without TLS": func(d *device, c *access.Ceremony) []byte {
			d.party.Origin = "http://hearth.acme.example"
			return d.signed(t, *c)
		},
		"another party": func(d *device, c *access.Ceremony) []byte { d.party.ID = "acme.example"; return d.signed(t, *c) },
		"nobody was asked": func(d *device, c *access.Ceremony) []byte {
			d.auth.Options.UserNotVerified = true
			return d.signed(t, *c)
		},
		"nobody was there": func(d *device, c *access.Ceremony) []byte {
			d.auth.Options.UserNotPresent = true
			return d.signed(t, *c)
		},
		"no handle": func(d *device, c *access.Ceremony) []byte { d.auth.Options.UserHandle = nil; return d.signed(t, *c) },
		"nobody's handle": func(d *device, c *access.Ceremony) []byte {
			d.auth.Options.UserHandle = []byte("nobody")
			return d.signed(t, *c)
		},
		"ben's handle": func(d *device, c *access.Ceremony) []byte {
			d.auth.Options.UserHandle = bens.auth.Options.UserHandle
			return d.signed(t, *c)
		},
		"ben's key":      func(d *device, c *access.Ceremony) []byte { d.key = bens.key; return d.signed(t, *c) },
		"an unknown key": func(d *device, c *access.Ceremony) []byte { d.key = newDevice().key; return d.signed(t, *c) },
		"another private key": func(d *device, c *access.Ceremony) []byte {
			id := d.key.ID
			d.key = newDevice().key
			d.key.ID = id
			return d.signed(t, *c)
		},
		"an earlier question": func(d *device, c *access.Ceremony) []byte { return d.signed(t, earlier) },
		"synced all at once": func(d *device, c *access.Ceremony) []byte {
			d.auth.Options.BackupEligible = true
			return d.signed(t, *c)
		},
		"a new key's answer": func(d *device, c *access.Ceremony) []byte {
			n, err := h.BeginPasskey(t.Context(), ann, atHome)
			if err != nil {
				t.Fatal(err)
			}
			return d.created(t, n)
		},
		"the ticket of a new key": func(d *device, c *access.Ceremony) []byte {
			n, err := h.BeginPasskey(t.Context(), ann, atHome)
			if err != nil {
				t.Fatal(err)
			}
			answer := d.signed(t, *c)
			c.Ticket = n.Ticket
			return answer
		},
		"no ticket": func(d *device, c *access.Ceremony) []byte { answer := d.signed(t, *c); c.Ticket = ""; return answer },
		"a mended signature": func(d *device, c *access.Ceremony) []byte {
			return []byte(strings.Replace(string(d.signed(t, *c)), `"signature":"M`, `"signature":"N`, 1))
		},
		"nothing":      func(*device, *access.Ceremony) []byte { return nil },
		"no JSON":      func(*device, *access.Ceremony) []byte { return []byte("{") },
		"too much":     func(*device, *access.Ceremony) []byte { return []byte(`{"id":"` + strings.Repeat("a", 1<<20) + `"}`) },
		"too deep":     func(*device, *access.Ceremony) []byte { return []byte(strings.Repeat(`{"response":`, 20000)) },
		"an hour late": func(d *device, c *access.Ceremony) []byte { h.clock.advance(time.Hour); return d.signed(t, *c) },
	} {
		d := right
		c := h.ask(t)
		answer := spoil(&d, &c)
		e, err := h.PasskeySignIn(t.Context(), from("203.0.113.9"), c.Ticket, answer)
		if hearth.ErrorCode(err) != hearth.Denied || e.Token != "" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
		if name == "an hour late" {
			ann = h.fresh(ann)
		}
	}
	c := h.ask(t)
	if _, err := h.PasskeySignIn(t.Context(), home, c.Ticket, right.signed(t, c)); err != nil {
		t.Errorf("and the right one: %v", err)
	}
	n, err := h.BeginPasskey(t.Context(), ann, atHome)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.AddPasskey(t.Context(), h.fresh(ben), n.Ticket, "not mine", newDevice().created(t, n))
	wantCode(t, "a question that was asked somebody else", err, hearth.Denied)
	n, err = h.BeginPasskey(t.Context(), ann, atHome)
	if err != nil {
		t.Fatal(err)
	}
	far := newDevice()
	far.party.Origin = "https://elsewhere.example"
	_, _, err = h.AddPasskey(t.Context(), ann, n.Ticket, "elsewhere", far.created(t, n))
	wantCode(t, "a new key from elsewhere", err, hearth.Invalid)
	if list, err := h.Passkeys(t.Context(), ann); err != nil || len(list) != 1 {
		t.Errorf("%d passkeys, %v", len(list), err)
	}
}

// fresh is a person who has just proved who they are.
func (h *house) fresh(by access.Actor) access.Actor {
	h.t.Helper()
	e, err := h.SignIn(h.t.Context(), home, by.Name, password)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.actor(e)
}

func TestPasskeysBelongToTheNameOfTheAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, host, name, origin string }{
		{"https://hearth.acme.example", "evil.example", "hearth.acme.example", "https://hearth.acme.example"},
		{"https://Hearth.Acme.example:8443/", "x", "hearth.acme.example", "https://hearth.acme.example:8443"},
		{"http://localhost:8787", "x", "localhost", "http://localhost:8787"},
		{"", "localhost:8787", "localhost", "http://localhost:8787"},
		{"", "localhost", "localhost", "http://localhost"},
		{"", "127.0.0.1:8787", "", ""},
		{"", "hearth.acme.example", "", ""},
		{"", "localhost.evil.example", "", ""},
		{"http://127.0.0.1:8787", "localhost:8787", "", ""},
		{"https://[2001:db8::1]", "localhost", "", ""},
		{"http://hearth.acme.example", "localhost", "", ""},
	} {
		h := openAt(t, t.TempDir()+"/access", func(o *access.Options) { o.Address = c.address })
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		at := h.Site(r)
		err := at.Err()
		if at.Name != c.name || at.Origin != c.origin || (err == nil) != (c.name != "") {
			t.Errorf("%q at %q: %+v, %v", c.address, c.host, at, err)
		}
		if err != nil {
			wantCode(t, c.address, err, hearth.Invalid)
		}
	}
	_, err := open(t).BeginPasskeySignIn(t.Context(), home, access.Site{})
	wantCode(t, "nowhere", err, hearth.Invalid)
}
