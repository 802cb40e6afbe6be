package outbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/outbox"
)

// The example of the specification of Standard Webhooks.
func TestSignatureIsThatOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	got, err := outbox.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("the signature is %q, %v", got, err)
	}
}

func TestAWebhookArrivesSignedAndIsLogged(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	c, secret := h.hook(r.URL)
	h.run()
	h.publish(outbox.Event{Key: "1", Class: "act", Title: "More than usual", Text: "Kaffora: 30 posts", Path: "/alerts/1", Data: map[string]int{"id": 1}})
	d := h.becomes(outbox.Sent)
	got := r.all()
	if len(got) != 1 || string(got[0].body) != string(d.Body) {
		t.Fatalf("%d messages arrived", len(got))
	}
	head := got[0].header
	stamp, err := strconv.ParseInt(head.Get("webhook-timestamp"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	want, err := outbox.Sign(secret, head.Get("webhook-id"), time.Unix(stamp, 0), got[0].body)
	if err != nil || head.Get("webhook-signature") != want || !strings.HasPrefix(head.Get("webhook-id"), "msg_") {
		t.Errorf("the headers are %v, want the signature %s (%v)", head, want, err)
	}
	var e outbox.Envelope
	if err := json.Unmarshal(got[0].body, &e); err != nil || e.Type != "alert.raised" || e.Link != "https://hearth.acme.example/alerts/1" || e.Class != "act" {
		t.Errorf("the body is %s, %v", got[0].body, err)
	}
	if len(d.Log) != 1 || d.Log[0].Result != outbox.Sent || d.Log[0].Status != 204 || d.Channel != c.ID {
		t.Errorf("the log is %+v", d.Log)
	}
}

// proves OUT3 for webhooks: same id, growing waits, three days, then a person.
func TestAWebhookIsTriedUnderTheSameIDUntilItIsTaken(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := receive(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			breakOff(w)
		case 3:
			w.WriteHeader(http.StatusNotFound)
		default:
			w.WriteHeader(http.StatusOK)
		}
	})
	h.hook(r.URL)
	h.run()
	h.publish(outbox.Event{Key: "1"})
	for try, wait := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute} {
		within(t, func() bool { d := h.list()[0]; return d.State == outbox.Queued && d.Attempts == int64(try)+1 }, func() string { return "it waits after try " + strconv.Itoa(try+1) })
		if d := h.list()[0]; d.Due.Sub(h.clock()) != wait {
			t.Errorf("after try %d it waits %s, want %s", try+1, d.Due.Sub(h.clock()), wait)
		}
		h.advance(wait)
	}
	h.becomes(outbox.Sent)
	got := r.all()
	if len(got) != 4 {
		t.Fatalf("%d tries", len(got))
	}
	for _, one := range got[1:] {
		if one.header.Get("webhook-id") != got[0].header.Get("webhook-id") || !bytes.Equal(one.body, got[0].body) {
			t.Error("another message under the same event")
		}
	}
	if got[0].header.Get("webhook-timestamp") == got[3].header.Get("webhook-timestamp") {
		t.Error("the time is not that of the try: receivers refuse it after five minutes")
	}
}

func TestAfterThreeDaysAWebhookIsDeadAndCanBeSentAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	var well atomic.Bool
	r := receive(t, func(_ int, w http.ResponseWriter) {
		if !well.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	h.hook(r.URL)
	h.run()
	h.publish(outbox.Event{Key: "1"})
	begun := h.clock()
	for h.list()[0].State != outbox.Dead {
		tries := len(r.all())
		h.advance(12 * time.Hour)
		if h.clock().Sub(begun) > 10*24*time.Hour {
			t.Fatal("it never dies")
		}
		within(t, func() bool {
			return h.list()[0].State == outbox.Dead || len(r.all()) > tries && h.list()[0].State == outbox.Queued
		}, func() string { return "it is tried again" })
	}
	if age := h.clock().Sub(begun); age < 2*24*time.Hour || age > 4*24*time.Hour {
		t.Errorf("dead after %s", age)
	}
	id := r.all()[0].header.Get("webhook-id")
	d := h.list()[0]
	well.Store(true)
	if _, err := h.box.Replay(t.Context(), owner, d.ID); err != nil {
		t.Fatal(err)
	}
	within(t, func() bool {
		d := h.list()[0]
		if d.State == outbox.Queued && d.Due.After(h.clock()) { // the host is left alone for a while
			h.advance(d.Due.Sub(h.clock()))
		}
		return d.State == outbox.Sent
	}, func() string { return "it is sent again" })
	for _, one := range r.all() {
		if one.header.Get("webhook-id") != id {
			t.Error("sent again under another id")
		}
	}
}

func TestAnEventIsOneDispatchHoweverOftenItIsPublished(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	h.hook(r.URL)
	h.run()
	for range 3 {
		h.publish(outbox.Event{Key: "1"})
	}
	h.becomes(outbox.Sent)
	h.publish(outbox.Event{Key: "1"})
	if n := len(h.list()); n != 1 || len(r.all()) != 1 {
		t.Errorf("%d dispatches, %d messages", n, len(r.all()))
	}
}

// proves I17, I18: what was under way when a process died is unknown; what the
// receiver knows by its id goes on, the rest waits for a person.
func TestWhatWasUnderWayAtACrashIsNotDoubled(t *testing.T) {
	t.Parallel()
	post := openOffice(t)
	h := openWith(t, &post.server)
	r := receive(t, nil)
	h.hook(r.URL)
	h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: r.URL, Format: "slack"}})
	h.add(outbox.ChannelDraft{Kind: outbox.Mail, Settings: outbox.Settings{Address: "crisis@acme.example"}})
	h.publish(outbox.Event{Key: "1", Title: "More than usual"})
	err := h.state.Write(t.Context(), func(tx *db.Tx) error { // a process that died
		_, err := tx.Exec("UPDATE dispatch SET state = 'sending', attempts = 1, fence = 1 WHERE workspace_id = ?", int64(here))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.run()
	state := func(kind outbox.Kind) outbox.State {
		for _, d := range h.list() {
			if d.Kind == kind {
				return d.State
			}
		}
		return ""
	}
	within(t, func() bool { return state(outbox.Webhook) == outbox.Sent }, func() string { return "the webhook goes on" })
	if state(outbox.Chat) != outbox.Unknown || state(outbox.Mail) != outbox.Unknown || len(r.all()) != 1 || len(post.got()) != 0 {
		t.Errorf("chat %s, mail %s, %d messages, %d mails", state(outbox.Chat), state(outbox.Mail), len(r.all()), len(post.got()))
	}
	for _, d := range h.list() {
		if d.Kind == outbox.Mail {
			if _, err := h.box.Settle(t.Context(), owner, d.ID, outbox.SendAgain); err != nil {
				t.Fatal(err)
			}
		}
	}
	within(t, func() bool { return state(outbox.Mail) == outbox.Sent && len(post.got()) == 1 }, func() string { return "a person had it sent again" })
}

// A zombie that comes back cannot write over what its successor did.
func TestWhoWasReplacedWritesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	release := make(chan struct{})
	r := receive(t, func(n int, w http.ResponseWriter) {
		if n == 1 {
			<-release
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	h.hook(r.URL)
	h.run()
	zombie := h.stop
	h.publish(outbox.Event{Key: "1"})
	within(t, func() bool { return len(r.all()) == 1 }, func() string { return "it is under way" })
	h.build()
	h.run()
	h.becomes(outbox.Sent)
	close(release)
	zombie()
	if d := h.becomes(outbox.Sent); d.Attempts != 2 {
		t.Errorf("%d attempts", d.Attempts)
	}
}

func TestAChatMessageOfUnknownFateWaitsForAPerson(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := receive(t, func(n int, w http.ResponseWriter) { breakOff(w) })
	h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: r.URL + "/services/T0/secret-path", Format: "slack"}})
	h.run()
	h.publish(outbox.Event{Key: "1", Title: "Alert <!channel>", Text: "a & b"})
	d := h.becomes(outbox.Unknown)
	h.advance(48 * time.Hour)
	if n := len(r.all()); n != 1 {
		t.Errorf("sent %d times", n)
	}
	if strings.Contains(string(r.all()[0].body), "<!channel>") {
		t.Error("somebody else's words ring the whole room")
	}
	if strings.Contains(d.Error, "secret-path") {
		t.Errorf("the error tells the secret address: %s", d.Error)
	}
	if _, err := h.box.Settle(t.Context(), owner, d.ID, outbox.Arrived); err != nil {
		t.Fatal(err)
	}
	h.becomes(outbox.Sent)
}

func TestChatsGetTheirOwnForms(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"slack": `"text":"*More*`, "mattermost": `"text":"**More**`, "discord": `"allowed_mentions":{"parse":[]}`, "teams": "vnd.microsoft.card.adaptive",
	} {
		h, r := open(t), receive(t, nil)
		h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: r.URL, Format: format}})
		h.run()
		h.publish(outbox.Event{Key: "1", Title: "More", Text: "@everyone look"})
		h.becomes(outbox.Sent)
		if body := string(r.all()[0].body); !strings.Contains(body, want) || !json.Valid([]byte(body)) {
			t.Errorf("%s gets %s", format, body)
		}
		h.stop()
	}
}

// proves OUT3 for mail.
func TestAMailWhoseEndWasSentIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	post := openOffice(t)
	h := openWith(t, &post.server)
	post.set("", "none")
	h.add(outbox.ChannelDraft{Kind: outbox.Mail, Settings: outbox.Settings{Address: "crisis@acme.example"}})
	h.run()
	h.publish(outbox.Event{Key: "1", Title: "More than usual"})
	h.becomes(outbox.Unknown)
	h.advance(72 * time.Hour)
	if n := len(post.got()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestMailIsTriedAgainOnlyWhereItWasNotTaken(t *testing.T) {
	t.Parallel()
	post := openOffice(t)
	h := openWith(t, &post.server)
	post.set("451 greylisted", "")
	h.add(outbox.ChannelDraft{Kind: outbox.Mail, Settings: outbox.Settings{Address: "crisis@acme.example, Night shift <night@acme.example>"}})
	h.run()
	h.publish(outbox.Event{Key: "1", Title: "More than usual: Kaffora", Text: "30 posts\r\n.\r\nQUIT", Path: "/alerts/1"})
	within(t, func() bool { return h.list()[0].State == outbox.Queued && h.list()[0].Attempts == 1 }, func() string { return "it waits" })
	post.set("", "")
	h.advance(5 * time.Second)
	h.becomes(outbox.Sent)
	got := post.got()
	if len(got) != 1 {
		t.Fatalf("%d mails", len(got))
	}
	for _, want := range []string{"Subject: More than usual: Kaffora", "hearth@acme.example", "night@acme.example", "Auto-Submitted: auto-generated", "Message-ID: <msg_", "https://hearth.acme.example/alerts/1"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("the mail lacks %q:\n%s", want, got[0])
		}
	}
	post.set("550 no such user", "")
	h.publish(outbox.Event{Key: "2", Title: "More"})
	within(t, func() bool { return h.list()[0].State == outbox.Failed && h.list()[0].Status == 550 }, func() string { return "a refusal is final" })
}

// proves TN6: asked when it is sent, not when it was published.
func TestWhatMayNotBeToldAnyMoreIsNotSent(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	h.add(outbox.ChannelDraft{Kind: outbox.Webhook, Settings: outbox.Settings{Address: r.URL, Events: []string{"mention.created"}}})
	h.publish(outbox.Event{Type: "mention.created", Key: "7", Seq: 7, Post: &hearth.Post{Text: "kaffora"}})
	h.locked(func() { h.hidden[7] = true })
	h.run()
	if d := h.becomes(outbox.Failed); d.Error != "The post is not shown any more." || len(r.all()) != 0 {
		t.Errorf("%q, %d sent", d.Error, len(r.all()))
	}
	h.locked(func() { h.gone = true })
	h.publish(outbox.Event{Type: "mention.created", Key: "8", Seq: 8})
	within(t, func() bool { return h.list()[0].State == outbox.Failed }, func() string { return "the owner may not have it" })
	c, err := h.box.Channel(t.Context(), owner, 1)
	if err != nil || !c.Paused || c.Trouble == "" || len(r.all()) != 0 {
		t.Errorf("the channel is %+v, %v", c, err)
	}
}

func TestARemovedOrPausedChannelGetsNothing(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	c, _ := h.hook(r.URL)
	h.publish(outbox.Event{Key: "1"})
	if err := h.box.RemoveChannel(t.Context(), owner, c.ID); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.becomes(outbox.Failed)
	c, _ = h.hook(r.URL)
	paused := true
	if _, err := h.box.ChangeChannel(t.Context(), owner, c.ID, c.Version, outbox.ChannelEdit{Paused: &paused}); err != nil {
		t.Fatal(err)
	}
	h.publish(outbox.Event{Key: "2"})
	if n := len(h.list()); n != 1 || len(r.all()) != 0 {
		t.Errorf("%d dispatches, %d messages", n, len(r.all()))
	}
}

func TestAPausedWorkspaceSendsNothingUntilItIsResumed(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	h.hook(r.URL)
	if err := h.box.Pause(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.publish(outbox.Event{Key: "1"})
	h.publish(outbox.Event{Key: "1"})
	if h.becomes(outbox.Queued); len(r.all()) != 0 {
		t.Fatal("sent while paused")
	}
	if err := h.box.Resume(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	h.becomes(outbox.Sent)
}

func TestChannelsTakeWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	about := func(s outbox.Settings) outbox.ChannelID {
		s.Address = r.URL
		c, _ := h.add(outbox.ChannelDraft{Kind: outbox.Webhook, Settings: s})
		return c.ID
	}
	all := about(outbox.Settings{})
	mentions := about(outbox.Settings{Events: []string{"mention.created"}, Query: "lang:en"})
	serious := about(outbox.Settings{Class: "act"})
	one := about(outbox.Settings{Monitors: []hearth.MonitorID{3}})
	gets := func(e outbox.Event) map[outbox.ChannelID]bool {
		before := len(h.list())
		h.publish(e)
		got := map[outbox.ChannelID]bool{}
		list := h.list()
		for _, d := range list[:len(list)-before] {
			got[d.Channel] = true
		}
		return got
	}
	if got := gets(outbox.Event{Key: "1", Class: "watch", Monitors: []hearth.MonitorID{2}}); len(got) != 1 || !got[all] {
		t.Errorf("a small alert goes to %v", got)
	}
	if got := gets(outbox.Event{Key: "2", Class: "all-hands", Monitors: []hearth.MonitorID{3}}); len(got) != 3 || got[mentions] || !got[serious] || !got[one] {
		t.Errorf("a large alert goes to %v", got)
	}
	if got := gets(outbox.Event{Type: "mention.created", Key: "3", Post: &hearth.Post{Text: "x", Lang: "en"}}); len(got) != 1 || !got[mentions] {
		t.Errorf("a mention goes to %v", got)
	}
	if got := gets(outbox.Event{Type: "mention.created", Key: "4", Post: &hearth.Post{Text: "x", Lang: "de"}}); len(got) != 0 {
		t.Errorf("a mention in German goes to %v", got)
	}
}

// proves I38 for channels.
func TestSecretsAreNotInTheDatabase(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "it reads the files")
	h := open(t)
	dir := t.TempDir()
	var err error
	if h.state, err = db.Open(t.Context(), db.At(dir, "test"), db.Options{Schemas: []db.Schema{access.StateSchema(), outbox.Schema()}}); err != nil {
		t.Fatal(err)
	}
	h.build()
	_, secret := h.hook("https://hooks.acme.example/in")
	h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: "https://chat.acme.example/hooks/canary-path"}})
	h.publish(outbox.Event{Key: "1"})
	if err := h.state.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	seen := false
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seen = seen || bytes.Contains(text, []byte("hooks.acme.example"))
		if bytes.Contains(text, []byte("canary-path")) || bytes.Contains(text, []byte(strings.TrimPrefix(secret, "whsec_"))) {
			t.Errorf("%s holds a secret", name)
		}
	}
	if !seen {
		t.Error("the test does not see the rows")
	}
}

func TestARotatedSecretSignsBesideTheOldOneForADay(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	c, old := h.hook(r.URL)
	_, next, err := h.box.RotateSecret(t.Context(), owner, c.ID)
	if err != nil || next == old {
		t.Fatal(next, err)
	}
	h.run()
	h.publish(outbox.Event{Key: "1"})
	h.becomes(outbox.Sent)
	if n := len(strings.Fields(r.all()[0].header.Get("webhook-signature"))); n != 2 {
		t.Errorf("%d signatures on the first day", n)
	}
	h.advance(25 * time.Hour)
	h.publish(outbox.Event{Key: "2"})
	within(t, func() bool { return len(r.all()) == 2 }, func() string { return "the second one arrives" })
	if n := len(strings.Fields(r.all()[1].header.Get("webhook-signature"))); n != 1 {
		t.Errorf("%d signatures on the second day", n)
	}
}

// proves OU1 for channels: an address inside is refused when it is dialled.
func TestAddressesInsideAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.hook("http://10.0.0.1/hook")
	h.run()
	h.publish(outbox.Event{Key: "1"})
	d := h.becomes(outbox.Failed)
	if !strings.Contains(d.Error, "does not connect") {
		t.Errorf("the error is %q", d.Error)
	}
}

func TestWhatIsWrongIsSaidAtTheField(t *testing.T) {
	t.Parallel()
	h := open(t)
	good := outbox.ChannelDraft{Kind: outbox.Webhook, Name: "x", Settings: outbox.Settings{Address: "https://acme.example/x"}}
	for field, spoil := range map[string]func(*outbox.ChannelDraft){
		"name": func(d *outbox.ChannelDraft) { d.Name = "" }, "address": func(d *outbox.ChannelDraft) { d.Address = "ftp://x" },
		"events": func(d *outbox.ChannelDraft) { d.Events = []string{"all"} }, "query": func(d *outbox.ChannelDraft) { d.Query = "(" },
		"class": func(d *outbox.ChannelDraft) { d.Class = "red" }, "kind": func(d *outbox.ChannelDraft) { d.Kind = "pigeon" },
		"format": func(d *outbox.ChannelDraft) { d.Kind, d.Format = outbox.Chat, "irc" },
	} {
		d := good
		spoil(&d)
		_, _, err := h.box.AddChannel(t.Context(), owner, d)
		if e, ok := err.(*hearth.Error); !ok || e.Code != hearth.Invalid || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// proves TN1, TN3 for channels.
func TestAnotherWorkspaceSeesAndChangesNothing(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	c, _ := h.hook(r.URL)
	h.publish(outbox.Event{Key: "1"})
	other := access.LocalOwner(here + 1)
	id := h.list()[0].ID
	for name, err := range map[string]error{
		"channel":  second(h.box.Channel(t.Context(), other, c.ID)),
		"change":   second(h.box.ChangeChannel(t.Context(), other, c.ID, 1, outbox.ChannelEdit{})),
		"test":     second(h.box.TestChannel(t.Context(), other, c.ID)),
		"remove":   h.box.RemoveChannel(t.Context(), other, c.ID),
		"dispatch": second(h.box.Dispatch(t.Context(), other, id)),
		"replay":   second(h.box.Replay(t.Context(), other, id)),
		"cancel":   second(h.box.Cancel(t.Context(), other, id)),
	} {
		if hearth.ErrorCode(err) != hearth.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := h.state.Write(context.Background(), func(tx *db.Tx) error { return h.box.Publish(tx, here+1, outbox.Event{Type: "alert.raised", Key: "x"}) })
	if err != nil || len(h.list()) != 1 {
		t.Errorf("an event of another workspace arrives here: %d, %v", len(h.list()), err)
	}
}

func second[T any](_ T, err error) error { return err }
