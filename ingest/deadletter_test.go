package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/analysis"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network"
)

func TestADeadLetterIsReplayedOnceItsCauseIsGone(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	o.Analyzers = []analysis.Analyzer{panicky("tripwire")}
	h.flow(o, batch("c1", create("a", "pie with a tripwire"), create("b", "pie")))
	broken := h.options()
	broken.Analyzers = o.Analyzers
	id := h.letters()[0].ID
	if err := ingest.NewSources(broken).ReplayDeadLetter(t.Context(), owner, id); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("with the cause still there: %v", err)
	}
	if n := len(h.letters()); n != 1 {
		t.Fatalf("%d letters after a vain replay", n)
	}
	mended := ingest.NewSources(h.options())
	if err := mended.ReplayDeadLetter(t.Context(), access.LocalOwner(2), id); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a neighbour's replay: %v", err)
	}
	if err := mended.ReplayDeadLetter(t.Context(), owner, id); err != nil {
		t.Fatal(err)
	}
	if n := len(h.letters()); n != 0 {
		t.Errorf("%d letters are left", n)
	}
	if got := h.texts(); len(got) != 2 || got[1] != "pie with a tripwire" {
		t.Errorf("stored %q", got)
	}
	if p := h.flow(h.flowOptions(), batch("c2")); p.Counters.Events != 2 || p.Cursor != "c2" {
		t.Errorf("the replay moved the source: %+v", p)
	}
}

func TestALetterOfANetworkIsReadAgainByIt(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	b := batch("c1")
	b.Rejects = []network.Reject{{Raw: []byte("pie!"), Reason: "Too new."}, {Raw: []byte("?"), Reason: "Nonsense."}}
	h.flow(h.flowOptions(), b)
	o := h.options()
	o.Networks = []network.Network{{Name: "toy", Title: "Toy", Decode: func(raw []byte, b *network.Batch) {
		if string(raw) == "?" {
			b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: "Still nonsense."})
			return
		}
		*b.Add() = create("a", string(raw))
	}}}
	s := ingest.NewSources(o)
	if _, err := s.Add(t.Context(), owner, ingest.Draft{Network: "toy"}); err != nil {
		t.Fatal(err)
	}
	letters := h.letters() // the newest first
	if err := s.ReplayDeadLetter(t.Context(), owner, letters[0].ID); err == nil || !strings.Contains(err.Error(), "Still nonsense.") {
		t.Errorf("nonsense: %v", err)
	}
	if err := s.ReplayDeadLetter(t.Context(), owner, letters[1].ID); err != nil {
		t.Errorf("the other: %v", err)
	}
	if got := h.texts(); len(got) != 1 || got[0] != "pie!" {
		t.Errorf("stored %q", got)
	}
	if err := s.DismissDeadLetter(t.Context(), owner, letters[0].ID); err != nil {
		t.Error(err)
	}
	if err := s.DismissDeadLetter(t.Context(), owner, letters[0].ID); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("dismissed twice: %v", err)
	}
}

// proves I36 for dead letters
func TestGarbageDoesNotFillTheDisk(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	const letters = 1100 // of 64 KiB: more than there is room for
	raw := make([]byte, 100<<10)
	b := batch("c1")
	for i := range letters {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: fmt.Sprintf("Garbage %d.", i)})
	}
	p := h.flow(h.flowOptions(), b)
	page, err := ingest.NewSources(h.options()).DeadLetters(t.Context(), owner, ingest.DeadLetterSearch{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if p.Counters.Rejects != letters || page.Total+page.CrowdedOut != letters || page.CrowdedOut == 0 {
		t.Errorf("%d rejects, %d kept, %d crowded out", p.Counters.Rejects, page.Total, page.CrowdedOut)
	}
	if page.Letters[0].Reason != "Garbage 1099." || page.Letters[0].Whole() || page.Letters[0].Size != 100<<10 || page.Next == 0 {
		t.Errorf("the newest letter: %q of %d bytes", page.Letters[0].Reason, page.Letters[0].Size)
	}
	if kept := page.Total * 64 << 10; kept > 64<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
}
