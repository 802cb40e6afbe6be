package outbox_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/outbox"
)

// people is an outbox with somebody who signs in.
type people struct {
	*house
	access *access.Access
	push   *service
	user   string
}

const invented = "a lamp beside the window"

func withPeople(t *testing.T) *people {
	t.Helper()
	h := open(t)
	p := &people{house: h, user: "ann"}
	var err error
	if p.access, err = access.Open(t.Context(), access.Options{State: h.state, Clock: h.clock, Log: h.log(), Seal: make([]byte, access.SealSize)}); err != nil {
		t.Fatal(err)
	}
	h.access = p.access
	h.build()
	key, err := h.box.PushKey(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	p.push = openService(t, key)
	token, err := p.access.SetUpLink(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.access.SetUp(t.Context(), p.caller(), token, access.Draft{Name: p.user, Password: invented}); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *people) caller() access.Caller {
	return access.Caller{Address: netip.MustParseAddr("192.0.2.7"), Agent: "A browser"}
}

// signIn gives whoever is signed in, and their token.
func (p *people) signIn() (access.Actor, string) {
	p.t.Helper()
	e, err := p.access.SignIn(p.t.Context(), p.caller(), p.user, invented)
	if err != nil {
		p.t.Fatal(err)
	}
	by, _, err := p.access.SessionActor(p.t.Context(), e.Token)
	if err != nil {
		p.t.Fatal(err)
	}
	return by, e.Token
}

func (p *people) tell(by access.Actor, subscription string) outbox.Device {
	p.t.Helper()
	d, err := p.box.AddDevice(p.t.Context(), by, outbox.DeviceDraft{Subscription: subscription, Name: "Firefox"})
	if err != nil {
		p.t.Fatal(err)
	}
	return d
}

func (p *people) devices(by access.Actor) []outbox.Device {
	p.t.Helper()
	list, err := p.box.Devices(p.t.Context(), by)
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

func (p *people) happens(key, title, path, class string) {
	p.t.Helper()
	p.publish(outbox.Event{Key: key, Title: title, Text: "Said by @somebody", Path: path, Class: class})
}

// states waits until nothing is under way, and gives the states of all, the
// oldest first.
func (p *people) states(n int) (list []string) {
	p.t.Helper()
	within(p.t, func() bool {
		list = nil
		for _, d := range p.list() {
			if d.State == outbox.Queued || d.State == outbox.Sending {
				return false
			}
			list = append(list, string(d.State))
		}
		return len(list) == n
	}, func() string { return strings.Join(list, " ") })
	slices.Reverse(list)
	return list
}

func TestABrowserTellsTheHeadlineAndNothingElse(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	d := p.tell(by, p.push.subscribe("one"))
	if !d.Here || d.Name != "Firefox" || !strings.HasPrefix(d.Service, "127.0.0.1:") {
		t.Errorf("the device is %+v", d)
	}
	p.run()
	p.happens("1", "More than usual: tea", "/alerts/1", "act")
	p.happens("2", "All hands: tea", "/alerts/1", "all-hands")
	p.states(2)
	got := p.push.told("one")
	if len(got) != 2 {
		t.Fatalf("the browser got %+v", got)
	}
	first, second := got[0], got[1]
	if first.Title != "More than usual: tea" || first.Link != "/alerts/1" || first.Urgent || strings.Contains(first.text, "somebody") || len(first.text) > 400 {
		t.Errorf("the first message is %s", first.text)
	}
	if !second.Urgent || second.Tag != first.Tag || second.header.Get("Topic") != first.header.Get("Topic") {
		t.Errorf("the second takes not the place of the first: %s, %v", second.text, second.header)
	}
	if first.header.Get("Urgency") != "normal" || second.header.Get("Urgency") != "high" || first.header.Get("TTL") != "86400" {
		t.Errorf("the headers are %v and %v", first.header, second.header)
	}
}

func TestADeviceEndsWithWhatItBelongsTo(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*people, access.Actor, string) error{
		"signing out": func(p *people, _ access.Actor, token string) error { return p.access.SignOut(t.Context(), token) },
		"a week":      func(p *people, _ access.Actor, _ string) error { p.advance(7 * 24 * time.Hour); return nil },
		"another password": func(p *people, by access.Actor, _ string) error {
			return second(p.access.ChangePassword(t.Context(), by, invented, "a chair below the stairs"))
		},
		"being signed out": func(p *people, by access.Actor, _ string) error {
			return p.access.SignOutUser(t.Context(), owner, by.User)
		},
		"losing the account": func(p *people, by access.Actor, _ string) error { return p.disable(by.User) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := withPeople(t)
			by, token := p.signIn()
			p.tell(by, p.push.subscribe("one"))
			p.happens("1", "More than usual: tea", "/alerts/1", "act")
			if err := end(p, by, token); err != nil {
				t.Fatal(err)
			}
			p.run()
			if got := p.states(1); got[0] != "failed" || len(p.push.told("one")) != 0 {
				t.Errorf("%q, and the browser got %d messages", got, len(p.push.told("one")))
			}
		})
	}
}

// disable lets somebody in no more, though nobody else could let them in again.
func (p *people) disable(user hearth.UserID) error {
	return p.state.Write(p.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE member SET disabled = 1 WHERE user_id = ?`, int64(user))
		return err
	})
}

func TestSomebodyWhoHasNotLookedForADayIsTold(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	p.tell(by, p.push.subscribe("one"))
	p.advance(24 * time.Hour)
	if err := p.access.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.happens("1", "More than usual: tea", "/alerts/1", "act")
	p.run()
	if got := p.states(1); got[0] != "sent" {
		t.Errorf("it is %q", got)
	}
}

func TestABrowserGoesOnAfterSigningInAgain(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	subscription := p.push.subscribe("one")
	by, token := p.signIn()
	p.tell(by, subscription)
	if err := p.access.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	by, _ = p.signIn()
	if list := p.devices(by); len(list) != 0 {
		t.Errorf("a browser that is signed out tells: %+v", list)
	}
	if n, err := p.box.RenewDevice(t.Context(), by, subscription); n != 1 || err != nil {
		t.Fatalf("%d renewed, %v", n, err)
	}
	if list := p.devices(by); len(list) != 1 || !list[0].Here {
		t.Errorf("the devices are %+v", list)
	}
	p.happens("1", "More than usual: tea", "/alerts/1", "act")
	p.run()
	if got := p.states(1); got[0] != "sent" {
		t.Errorf("it is %q", got)
	}
	if err := p.box.RemoveDevice(t.Context(), by, p.devices(by)[0].ID); err != nil {
		t.Fatal(err)
	}
	if n, err := p.box.RenewDevice(t.Context(), by, subscription); n != 0 || err != nil {
		t.Errorf("what was removed comes back: %d, %v", n, err)
	}
}

func TestABrowserThatTheServiceDoesNotKnowIsForgotten(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusGone, http.StatusNotFound} {
		p := withPeople(t)
		by, _ := p.signIn()
		p.tell(by, p.push.subscribe("one"))
		p.push.answer = status
		p.happens("1", "More than usual: tea", "/alerts/1", "act")
		p.happens("2", "More than usual: coffee", "/alerts/2", "act")
		p.run()
		if got := p.states(2); got[0] != "failed" || got[1] != "failed" || len(p.devices(by)) != 0 {
			t.Errorf("after %d: %q, %+v", status, got, p.devices(by))
		}
	}
}

func TestABusyServiceIsAskedAgain(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	p.tell(by, p.push.subscribe("one"))
	p.push.answer = http.StatusTooManyRequests
	p.happens("1", "More than usual: tea", "/alerts/1", "act")
	p.run()
	within(t, func() bool { d := p.list()[0]; return d.State == outbox.Queued && d.Attempts == 1 }, func() string { return "it waits" })
	p.push.mu.Lock()
	p.push.answer = 0
	p.push.mu.Unlock()
	p.advance(time.Minute)
	if got := p.states(1); got[0] != "sent" || len(p.push.told("one")) != 1 {
		t.Errorf("it is %q", got)
	}
}

func TestADeviceIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	subscription := p.push.subscribe("one")
	d := p.tell(by, subscription)
	other := by // somebody else in the same workspace
	other.User++
	for name, err := range map[string]error{
		"test": p.box.TestDevice(t.Context(), other, d.ID), "remove": p.box.RemoveDevice(t.Context(), other, d.ID),
		"channel": second(p.box.Channel(t.Context(), owner, d.ID)), "change": second(p.box.ChangeChannel(t.Context(), owner, d.ID, 1, outbox.ChannelEdit{})),
		"remove channel": p.box.RemoveChannel(t.Context(), owner, d.ID), "test channel": second(p.box.TestChannel(t.Context(), owner, d.ID)),
	} {
		if hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := p.box.Channels(t.Context(), owner); err != nil || len(list) != 0 {
		t.Errorf("the channels are %+v, %v", list, err)
	}
	if len(p.devices(other)) != 0 || len(p.devices(by)) != 1 {
		t.Error("the devices are not those of who asks")
	}
	if n, err := p.box.RenewDevice(t.Context(), other, subscription); n != 0 || err != nil {
		t.Errorf("somebody else goes on with it: %d, %v", n, err)
	}
	for name, err := range map[string]error{
		"add": second(p.box.AddDevice(t.Context(), owner, outbox.DeviceDraft{Subscription: subscription})), "list": second(p.box.Devices(t.Context(), owner)),
	} {
		if hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("the operator, who is nobody: %s: %v", name, err)
		}
	}
	if err := p.box.TestDevice(t.Context(), by, d.ID); err != nil {
		t.Fatal(err)
	}
	p.run()
	p.states(1)
	if got := p.push.told("one"); len(got) != 1 || got[0].Link != "/notices" {
		t.Errorf("the test tells %+v", got)
	}
}

func TestOneBrowserTellsOnce(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	subscription := p.push.subscribe("one")
	p.tell(by, subscription)
	p.tell(by, subscription)
	if list := p.devices(by); len(list) != 1 {
		t.Errorf("the devices are %+v", list)
	}
	for range 30 {
		_, err := p.box.AddDevice(t.Context(), by, outbox.DeviceDraft{Subscription: p.push.subscribe(name())})
		if hearth.ErrorCode(err) == hearth.Unavailable && len(p.devices(by)) == 20 {
			return
		}
	}
	t.Error("there is no end to devices")
}

func name() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func TestABrowserThatNobodySignsInWithIsForgottenAfterAMonth(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	p.tell(by, p.push.subscribe("one"))
	p.advance(31 * 24 * time.Hour)
	p.run()
	within(t, func() bool {
		var n int
		err := p.state.Read(context.Background(), func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM channel WHERE session_id <> 0`).Scan(&n)
		})
		return err == nil && n == 0
	}, func() string { return "the device is gone" })
}

// FuzzSubscription: whatever a browser gives is taken or refused, and never
// leads to anything but the web.
func FuzzSubscription(f *testing.F) {
	f.Add(`{"endpoint":"https://push.acme.example/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`)
	f.Add(`{"endpoint":"http://10.0.0.1/x"}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		host, err := outbox.SubscriptionHost(text)
		if err == nil && host == "" || err != nil && hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%q: %q, %v", text, host, err)
		}
	})
}
