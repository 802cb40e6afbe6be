package ingest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/db/dbtest"
	"hearth/network"
)

func TestAuthorsWhoCouldNotBeAskedForAreCountedAndAskedForAgain(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	o := h.flowOptions()
	var asked []string
	o.Complete = func(_ context.Context, posts []*hearth.Post) {
		var ids []string
		for _, p := range posts {
			ids = append(ids, p.Author.ID)
			if len(asked) >= 2 && p.Author.ID != "nobody" {
				p.Author.Handle = p.Author.ID + ".example"
			}
		}
		asked = append(asked, strings.Join(ids, " "))
	}
	o.Nameless = func(p *hearth.Post) bool { return p.Author.Handle == "" }
	piece := func(id, author string) *network.Batch {
		return batch("c"+id, event(network.Create, id, author, "pie "+id))
	}
	batches := []*network.Batch{piece("1", "ann"), piece("2", "bob"), piece("3", "eve"), piece("4", "nobody")}
	for _, id := range []string{"5", "6", "7", "8", "9", "10"} {
		batches = append(batches, piece(id, "eve"))
	}
	p := h.flow(o, batches...) // the network answers from the third time on
	want := []string{"ann", "bob ann", "eve ann bob", "nobody", "eve nobody", "eve nobody", "eve nobody", "eve nobody", "eve nobody", "eve"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q\nwant      %q", asked, want)
	}
	if p.Counters.Nameless != 3 || p.Counters.Stored != 10 {
		t.Errorf("counters %+v, want 3 without a name of 10", p.Counters)
	}
}
