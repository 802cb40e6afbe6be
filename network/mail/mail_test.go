package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/network"
	"hearth/network/mail"
	"hearth/network/mail/fake"
	"hearth/network/networktest"
)

func start(t testing.TB, o fake.Options) *fake.Server {
	t.Helper()
	o.Clock = hearth.SystemClock
	f, err := fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func settings(f *fake.Server, security string) map[string]string {
	return map[string]string{
		"server": f.Address(), "security": security, "user": fake.User, "password": fake.Password, "interval": "20ms", "expunged": "delete",
	}
}

// driven is the fake as the suite drives it.
type driven struct {
	*fake.Server
}

func (d driven) Settings() map[string]string { return settings(d.Server, "none") }
func (driven) DeletionsAreLive()             {}

func (d driven) Inject(f networktest.Fault, after int) bool {
	faults := map[networktest.Fault]fake.Fault{
		networktest.Cut: fake.Cut, networktest.Close: fake.Close, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized,
		networktest.Unknown: fake.Unknown, networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Reorder,
		networktest.Busy: fake.Busy, networktest.NotItself: fake.NotItself, networktest.Limited: fake.Limited, networktest.Expired: fake.Expired,
	}
	fault, ok := faults[f]
	if ok {
		d.Server.Inject(fault, after)
	}
	return ok
}

func TestMailWithIdleBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, mail.Small(1<<20, nil), func(t *testing.T) networktest.Fake { return driven{start(t, fake.Options{Security: "none"})} })
}

func TestMailWithoutIdleBehavesAsEveryNetwork(t *testing.T) {
	t.Parallel()
	networktest.Run(t, mail.Small(1<<20, nil), func(t *testing.T) networktest.Fake {
		return driven{start(t, fake.Options{Security: "none", NoIdle: true})}
	})
}

var errEnough = errors.New("enough")

// take listens until enough posts came.
func take(t *testing.T, n network.Network, given map[string]string, from network.Cursor, enough int) (events []network.Event, cursor network.Cursor, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = n.Stream(ctx, networktest.Session(t, n, given), from, func(b *network.Batch) error {
		for i := range b.Events {
			ev := b.Events[i]
			ev.Post = ev.Post.Clone()
			events = append(events, ev)
		}
		if cursor = b.Cursor; len(events) >= enough {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return events, cursor, err
}

func TestMailIsReadOverTLSOnly(t *testing.T) {
	t.Parallel()
	for _, security := range []string{"tls", "starttls"} {
		f := start(t, fake.Options{Security: security})
		f.Publish(3)
		given := settings(f, security)
		given["days"] = "1"
		if events, _, err := take(t, mail.Small(1<<20, f.Roots()), given, "", 3); err != nil || len(events) != 3 {
			t.Errorf("%s: %d events, %v", security, len(events), err)
		}
		if _, _, err := take(t, mail.Small(1<<20, nil), given, "", 3); hearth.ErrorCode(err) != hearth.Unavailable || !strings.Contains(err.Error(), "nothing was sent") && !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s without knowing the certificate: %v", security, err)
		}
	}
}

// A server, or somebody between, that offers no STARTTLS gets no password.
func TestWithoutSTARTTLSNoPasswordIsSent(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{Security: "none"})
	if _, _, err := take(t, mail.Small(1<<20, nil), settings(f, "starttls"), "", 1); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Error(err)
	}
	if f.Logins() != 0 {
		t.Error("the password was sent in the open")
	}
	given := settings(f, "none")
	given["server"] = "192.0.2.1:143"
	if _, _, err := take(t, mail.Network(), map[string]string{"server": "192.0.2.1:143", "security": "none", "user": "a", "password": "b"}, "", 1); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("plain text to another machine: %v", err)
	}
}

func TestTheMailboxIsLeftAsItIsUnlessAskedOtherwise(t *testing.T) {
	t.Parallel()
	for mark, want := range map[string]int{"no": 3, "yes": 0} {
		f := start(t, fake.Options{Security: "none"})
		f.Publish(3)
		given := settings(f, "none")
		given["days"], given["mark_read"] = "1", mark
		if _, _, err := take(t, mail.Small(1<<20, nil), given, "", 3); err != nil {
			t.Fatal(err)
		}
		if f.Unread() != want {
			t.Errorf("mark_read %s: %d are unread", mark, f.Unread())
		}
	}
}

func TestANewSourceBeginsNowAndAfterARenumberingReadsNothingOlder(t *testing.T) {
	t.Parallel()
	f := start(t, fake.Options{Security: "none"})
	f.Append("old@people.example", "From: bo@people.example\r\nMessage-ID: <old@people.example>\r\n\r\nfrom before\r\n")
	given := settings(f, "none")
	n := mail.Small(1<<20, nil)
	_, cursor, err := take(t, n, given, "", 0) // the place is known at once
	if err != nil || cursor == "" {
		t.Fatal(cursor, err)
	}
	ids := f.Publish(2)
	events, cursor, err := take(t, n, given, cursor, 2)
	if err != nil || len(events) != 2 || events[0].Post.ID != ids[0] {
		t.Fatalf("%+v, %v", events, err)
	}
	f.Forget(3) // all three are there, under other numbers
	more := f.Publish(1)
	seen := map[string]bool{}
	events, _, err = take(t, n, given, cursor, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		seen[e.Post.ID] = true
	}
	if !seen[more[0]] || !seen[ids[0]] || !seen[ids[1]] {
		t.Errorf("after the renumbering came %v", seen)
	}
}

func TestAutomaticMailIsLeftOutOrMarked(t *testing.T) {
	t.Parallel()
	letters := map[string]string{
		"auto": "Auto-Submitted: auto-replied\r\n", "bounce": "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
		"null": "Return-Path: <>\r\n", "list": "List-Id: <kettles.lists.example>\r\n", "person": "Auto-Submitted: no\r\n",
	}
	for skip, want := range map[string]int{"none": 5, "automatic": 2, "lists": 1} {
		f := start(t, fake.Options{Security: "none"})
		for name, header := range letters {
			f.Append(name, "From: bo@people.example\r\nMessage-ID: <"+name+"@people.example>\r\n"+header+"\r\nhello\r\n")
		}
		f.Publish(1)
		given := settings(f, "none")
		given["days"], given["skip"] = "1", skip
		events, _, err := take(t, mail.Small(1<<20, nil), given, "", want+1)
		if err != nil || len(events) != want+1 {
			t.Errorf("%s: %d events, %v", skip, len(events), err)
		}
		for _, e := range events {
			if name, _, _ := strings.Cut(e.Post.ID, "@"); name == "list" && (len(e.Post.Tags) != 1 || e.Post.Tags[0] != "list") {
				t.Errorf("%s: %s has the tags %q", skip, name, e.Post.Tags)
			}
		}
	}
}
