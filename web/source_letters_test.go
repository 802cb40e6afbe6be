package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
)

// dead adds records that a source could not read.
func (h *house) dead(source hearth.SourceID, reason string, n int) {
	h.t.Helper()
	f, err := ingest.NewFlow(h.t.Context(), ingest.FlowOptions{Workspace: here, Source: source, Archive: h.archive, Store: h.store, Crew: ingest.NewCrew(1), Log: slog.New(slog.DiscardHandler), Clock: hearth.SystemClock,
		Queries: func() *match.Set { return h.monitors.Queries(here) },
	})
	if err != nil {
		h.t.Fatal(err)
	}
	b := &network.Batch{Cursor: "c", Frames: n}
	for i := range n {
		b.Rejects = append(b.Rejects, network.Reject{Raw: []byte("<b>raw</b>\u202e"), Reason: fmt.Sprintf(reason, i)})
	}
	if err := f.Take(h.t.Context(), b); err != nil {
		h.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		h.t.Fatal(err)
	}
}

func TestAllDeadLettersOfASourceAreWorkedOnFromItsPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	src, err := h.sources.Add(t.Context(), owner, ingest.Draft{Network: "invented", Settings: map[string]string{"server": "a.example"}})
	if err != nil {
		t.Fatal(err)
	}
	h.dead(src.ID, "Nonsense <i>at</i> byte %d.", 30)
	h.dead(src.ID, "Too long: %d bytes.", 2)
	page, _ := h.page("/sources/1")
	holds(t, page, "Read all 32 again", "Dismiss all 32", "Nonsense &lt;i&gt;at&lt;/i&gt; byte", "Too long: 1 bytes.", "&lt;b&gt;raw&lt;/b&gt;", "brought back for seven days")
	of := "/sources/1?error=" + url.QueryEscape("Too long: 0 bytes.")
	page, _ = h.page(of)
	holds(t, page, "Dismiss all 2", `value="Too long: 0 bytes."`)

	page = h.follow("/sources/1/letters", "all", "1", "error", "Too long: 0 bytes.", "do", "dismiss")
	holds(t, page, "Dismiss 2 dead letters", "waiting", `hx-trigger="every 2s"`)
	if strings.Contains(page, "Dismiss all") {
		t.Error("another run is offered while one goes on")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.jobs.Run(ctx, h.letters.Kinds()...) }()
	defer func() { stop(); <-ended }()
	until := func(parts ...string) string {
		t.Helper()
		for deadline := time.After(time.Minute); ; {
			page, _ := h.page("/sources/1")
			there := true
			for _, part := range parts {
				there = there && strings.Contains(page, part)
			}
			if there {
				return page
			}
			select {
			case <-deadline:
				holds(t, page, parts...)
				t.FailNow()
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	page = until("2 are put aside.", "Dismiss all 30", `value="restore"`)
	if strings.Contains(page, "Too long") && !strings.Contains(page, "Too long: 0 bytes.") {
		t.Error("dismissed letters are shown")
	}
	h.follow("/sources/1/letters", "all", "1", "job", "1", "do", "restore")
	until("2 are back.", "Dismiss all 32")
	h.follow("/sources/1/letters", "all", "1", "do", "replay")
	until("0 could be read now. 32 stay.", "can only be read in its file or stream")

	page = h.follow("/sources/1/letters", "letter", "32", "do", "dismiss")
	holds(t, page, "Dismissed; it can be brought back", `name="letter" value="32"`, `value="restore"`)
	page = h.follow("/sources/1/letters", "letter", "32", "do", "restore")
	holds(t, page, "It is back.", "Dismiss all 32")
}
