package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/alert"
)

// room is what an event of an incident's stream says.
type room struct {
	Mark  string
	Posts int64
	Here  string
}

func heard(t *testing.T, told <-chan string) (r room) {
	t.Helper()
	e, ok := <-told
	_, data, found := strings.Cut(e, "\ndata: ")
	if !ok || !found || !strings.Contains(e, "event: room\n") {
		t.Fatalf("the stream ended, or told %q", e)
	}
	if err := json.Unmarshal([]byte(data), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// proves M11: whoever has the room open hears of all that colleagues do in it.
func TestARoomTellsWhateverIsDoneInIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := h.page("/incidents/1")
	holds(t, page, `hx-sse:connect="/incidents/1/live"`, `data-mark="1.1.false"`)
	told, leave := h.events("/incidents/1/live")
	if r := heard(t, told); r.Mark != "1.1.false" || r.Here != "Nobody else is here" {
		t.Errorf("a quiet room tells %+v", r)
	}
	h.follow("/incidents/1/notes", "text", "Quality <management> knows.")
	if r := heard(t, told); r.Mark != "1.2.false" {
		t.Errorf("after a note the room tells %+v", r)
	}
	h.follow("/incidents/1/steps", "step", "1", "text", one.Runbook[0].Text, "do", "done")
	if r := heard(t, told); r.Mark != "2.3.false" {
		t.Errorf("after a step the room tells %+v", r)
	}
	h.follow("/incidents/1", "version", "2", "class", "all-hands")
	if r := heard(t, told); r.Mark != "3.4.false" {
		t.Errorf("after a change of level the room tells %+v", r)
	}
	h.follow("/publishing", "incident", "1", "do", "pause")
	if r := heard(t, told); r.Mark != "3.5.true" {
		t.Errorf("after a halt of publishing the room tells %+v", r)
	}
	leave()

	// What it fetches then is no page, and says it all.
	part, _ := h.page("/incidents/1", "HX-Request", "true")
	holds(t, part, `data-mark="3.5.true"`, "Quality &lt;management&gt; knows.", `aria-pressed="true"`, "1 of 8 done", `id="room-paused"`, `id="room-statement"`)
	if strings.Contains(part, "<html") || strings.Contains(part, "note-form") {
		t.Error("the part holds what a refresh must not touch")
	}

	// A page that lost its connection hears the whole truth anew, and a closed
	// incident is not followed.
	told, leave = h.events("/incidents/1/live", "Last-Event-ID", "0")
	if r := heard(t, told); r.Mark != "3.5.true" {
		t.Errorf("after a lost connection the room tells %+v", r)
	}
	leave()
	h.follow("/incidents/1", "version", "3", "status", "closed")
	if page, _ = h.page("/incidents/1"); strings.Contains(page, "/live") {
		t.Error("a closed incident is followed")
	}
}

// Figures grow without anybody doing anything.
func TestARoomTellsThatItsFiguresGrew(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.alarm(angry(40, "the kaffora machine smells of burnt plastic")...)
	h.follow("/alerts/1/incident")
	told, _ := h.events("/incidents/1/live")
	before := heard(t, told)
	h.arriveFrom(1, angry(7, "kaffora once more")...)
	for now := before; now.Posts <= before.Posts; now = heard(t, told) {
	}
}

func TestARoomSaysWhoElseIsInIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"}); err != nil {
		t.Fatal(err)
	}
	told, _ := h.events("/incidents/1/live")
	heard(t, told)
	h.actor = func(r *http.Request) (access.Actor, error) {
		other := owner
		other.User = 77
		return other, nil
	}
	_, leave := h.events("/incidents/1/live")
	if r := heard(t, told); !strings.HasPrefix(r.Here, "Also here: ") {
		t.Errorf("with somebody else the room says %q", r.Here)
	}
	leave()
	if r := heard(t, told); r.Here != "Nobody else is here" {
		t.Errorf("left alone the room says %q", r.Here)
	}
}

func TestARoomIsToldToThoseOnlyWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.rooms.Open(t.Context(), owner, alert.IncidentDraft{Title: "Lids"}); err != nil {
		t.Fatal(err)
	}
	if answer, _ := h.get("/incidents/2/live"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a room that is not there answers %d", answer.StatusCode)
	}
	stranger := owner
	stranger.Workspace = hearth.WorkspaceID(9)
	h.actor = func(*http.Request) (access.Actor, error) { return stranger, nil }
	if answer, _ := h.get("/incidents/1/live"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("another workspace's room answers %d", answer.StatusCode)
	}
}
