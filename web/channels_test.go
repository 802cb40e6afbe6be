package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"hearth/access"
)

func TestAChannelIsMadeShownTestedAndStopped(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/channels")
	holds(t, page, "Nothing leaves yet", "hearth webhook add")
	page, _ = h.page("/settings/channels?new=webhook")
	holds(t, page, `name="address"`, "an alert begins", "Only from this class on")

	answer, body := h.send("/settings/channels", "kind", "webhook", "name", "Tickets", "address", "ftp://a.example", "class", "act")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong address answers %d", answer.StatusCode)
	}
	holds(t, body, "Write the address like https://", `value="ftp://a.example"`, `value="Tickets"`, `<option value="act" selected`)

	answer, body = h.send("/settings/channels", "kind", "webhook", "name", "Tickets", "address", "https://hooks.acme.example/in", "class", "act", "event", "alert.raised")
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%d: %s", answer.StatusCode, body)
	}
	secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=&;#0-9]+`).FindString(body)
	if secret == "" {
		t.Fatal("the secret is not shown")
	}
	page, _ = h.page("/settings/channels/1")
	if strings.Contains(page, "whsec_") {
		t.Error("the secret is shown twice")
	}
	holds(t, page, "&#34;type&#34;: &#34;channel.test&#34;", "A test from Hearth", "Exactly this is sent", "Nothing yet. Send a test.")

	page = h.follow("/settings/channels/1/act", "do", "test")
	holds(t, page, "The test is on its way", "/settings/dispatches/1", "waits")
	page, _ = h.page("/settings/dispatches/1")
	holds(t, page, "channel.test", "Not tried yet.", `value="cancel"`)
	page = h.follow("/settings/dispatches/1", "do", "cancel")
	holds(t, page, "not sent", "It was cancelled.", `value="replay"`)
	page = h.follow("/settings/dispatches/1", "do", "replay")
	holds(t, page, "waits")

	page = h.follow("/settings/channels/1", "version", "1", "name", "Tickets of ours", "address", "https://hooks.acme.example/other", "class", "")
	holds(t, page, "Saved.", "Tickets of ours")
	answer, body = h.send("/settings/channels/1", "version", "1", "name", "Late", "address", "https://hooks.acme.example/other")
	if answer.StatusCode != http.StatusConflict || !strings.Contains(body, "Somebody changed the channel meanwhile") {
		t.Errorf("an old version: %d", answer.StatusCode)
	}
	page = h.follow("/settings/channels/outbox", "do", "pause")
	holds(t, page, "Nothing is sent at the moment.")
	h.follow("/settings/channels/outbox", "do", "resume")
	page = h.follow("/settings/channels/1/act", "do", "pause", "version", "2")
	holds(t, page, "The channel rests")
	page = h.follow("/settings/channels/1/act", "do", "remove")
	holds(t, page, "Nothing leaves yet")
}

func TestWhoMayNotSendSeesNoButtons(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.send("/settings/channels", "kind", "webhook", "name", "Tickets", "address", "https://hooks.acme.example/in")
	h.actor = func(*http.Request) (access.Actor, error) {
		return access.Limited(here, 2, access.ReadMonitors, access.ReadChannels), nil
	}
	for _, path := range []string{"/settings/channels?new=webhook", "/settings/channels/1"} {
		page, _ := h.page(path)
		if strings.Contains(page, `value="test"`) || strings.Contains(page, `value="remove"`) || strings.Contains(page, `name="kind"`) {
			t.Errorf("%s offers what is not allowed", path)
		}
	}
	if answer, _ := h.send("/settings/channels/1/act", "do", "remove"); answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a removal answers %d", answer.StatusCode)
	}
}

// proves BR1 for channels: whatever they are called is shown as text.
func TestHostileNamesOfChannelsNeverBecomeMarkup(t *testing.T) {
	t.Parallel()
	h := open(t)
	n := 0
	for _, polyglot := range polyglots {
		s := fmt.Sprintf(polyglot, "tripwire()")
		answer, body := h.send("/settings/channels", "kind", "webhook", "name", s, "address", "https://hooks.acme.example/in")
		if answer.StatusCode == http.StatusOK {
			n++
			h.send(fmt.Sprintf("/settings/channels/%d/act", n), "do", "test")
			page, _ := h.page(fmt.Sprintf("/settings/channels/%d", n))
			list, _ := h.page("/settings/channels")
			body += page + list
		}
		for _, bad := range []string{"<script>tripwire", "<img src=x", "<svg/onload", `<b hx-get="/x"`, `href="javascript:`} {
			if strings.Contains(body, bad) {
				t.Errorf("%q reaches a page as markup", bad)
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d channels were made: the test does not fill the pages", n)
	}
}
