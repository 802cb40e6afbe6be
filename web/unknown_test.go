package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hearth/outbox"
)

func TestUnknownMessagesAreSettledFromTheirPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	page, _ := h.page("/settings/channels/unknown")
	holds(t, page, "Nothing is unknown")
	c, _, err := h.outbox.AddChannel(t.Context(), owner, outbox.ChannelDraft{Kind: outbox.Webhook, Name: "Tickets <b>", Settings: outbox.Settings{Address: "https://hooks.acme.example/in"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h.advance(time.Second) // a test of the same moment is the same
		if _, err := h.outbox.TestChannel(t.Context(), owner, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := outbox.Hold(t.Context(), h.state, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	page, _ = h.page("/settings/channels")
	holds(t, page, `href="/settings/channels/unknown"`)
	page, _ = h.page("/settings/channels/unknown")
	holds(t, page, "Tickets &lt;b&gt;", `name="dispatch" value="1"`, "All 3, not only the ticked ones", `href="/settings/dispatches/3"`)
	answer, body := h.send("/settings/channels/unknown", "do", "again")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nothing ticked answers %d", answer.StatusCode)
	}
	holds(t, body, "Tick the messages that you mean")
	answer, body = h.send("/settings/channels/unknown", "do", "perhaps", "dispatch", "2")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no decision answers %d", answer.StatusCode)
	}
	holds(t, body, `name="dispatch" value="2" checked`)
	page = h.follow("/settings/channels/unknown", "do", "arrived", "dispatch", "1", "dispatch", "2")
	holds(t, page, "2 messages count as arrived.", "All 1,")
	if strings.Contains(page, `value="2"`) {
		t.Error("a settled one is still there")
	}
	page = h.follow("/settings/channels/unknown", "do", "failed", "all", "1")
	holds(t, page, "1 message is let be.", "Nothing is unknown")
}
