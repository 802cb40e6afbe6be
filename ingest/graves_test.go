package ingest_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/network"
)

// permutations are all orders of the numbers below n.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			q := append(append(append([]int(nil), p[:at]...), n-1), p[at:]...)
			all = append(all, q)
		}
	}
	return all
}

// In whatever order a post, its edits and its deletion come, doubled, with a
// restart between any two of them: the newest version stands, and what was
// deleted stays dead. Where networks differ: whether edits have names, and
// whether deletions name the author.
//
// proves F21 for what comes in
func TestInAnyOrderAndAcrossRestartsThePostEndsTheSame(t *testing.T) {
	t.Parallel()
	most := 6
	switch {
	case dbtest.OnPostgreSQL():
		most = 4
	case os.Getenv("HEARTH_KILL_ROUNDS") != "":
		most = 8
	}
	begun := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, kind := range []struct {
		name     string
		named    bool   // edits have names
		deleter  string // as the deletion names it
		deletion bool
	}{
		{"edits with names", true, "ann", true},
		{"edits without names", false, "ann", true},
		{"deletions that name nobody", true, "", true},
		{"never deleted", true, "", false},
		{"never deleted, edits without names", false, "", false},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			happen := []func(id string) network.Event{
				func(id string) network.Event { return event(network.Create, id, "ann", "pie one") },
				func(id string) network.Event { return event(network.Update, id, "ann", "pie three") },
				func(id string) network.Event { return event(network.Delete, id, kind.deleter, "") },
				func(id string) network.Event { return event(network.Update, id, "ann", "pie two") },
				func(id string) network.Event { return event(network.Delete, id, "mallory", "") },
				func(id string) network.Event { return event(network.Create, id, "ann", "pie one") },
				func(id string) network.Event { return event(network.Update, id, "ann", "pie two") },
				func(id string) network.Event { return event(network.Delete, id, kind.deleter, "") },
			}
			when := map[string]int{"pie one": 1, "pie two": 2, "pie three": 3}
			orders := permutations(most)
			dir := dbtest.Home(t)
			for step := range most {
				h := open(t, dir)
				h.listen("pie")
				b := batch(fmt.Sprint("step ", step))
				for k, order := range orders {
					e := happen[order[step]](fmt.Sprint("post-", k))
					if e.Op == network.Delete && e.Post.Author.ID != "mallory" && !kind.deletion {
						continue
					}
					if n := when[e.Post.Text]; n > 0 {
						e.At = begun.Add(time.Duration(n) * time.Minute)
						if e.Revision = ""; kind.named && n > 1 {
							e.Revision = fmt.Sprint("r", n)
						}
					}
					b.Events = append(b.Events, e)
				}
				b.Frames = len(b.Events)
				h.flow(h.flowOptions(), b)
				h.close()
			}
			h := open(t, dir)
			want := map[string]string{}
			if !kind.deletion {
				for k := range orders {
					want[fmt.Sprint("post-", k)] = "pie three"
				}
			}
			wrong := 0
			for _, p := range h.visible() {
				if want[p.ID] != p.Text {
					if wrong++; wrong < 4 {
						t.Errorf("%s says %q", p.ID, p.Text)
					}
					continue
				}
				delete(want, p.ID)
			}
			if wrong+len(want) > 0 {
				t.Errorf("of %d orders %d end wrong, %d lack the post", len(orders), wrong, len(want))
			}
		})
	}
}

// Graves are bounded in number and age.
func TestGravesDoNotPileUp(t *testing.T) {
	t.Parallel()
	h := open(t, dbtest.Home(t))
	h.listen("pie")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := h.flowOptions()
	o.Clock = func() time.Time { return now }
	bury := func(name string, n int) {
		b := batch(name)
		for i := range n {
			b.Events = append(b.Events, event(network.Delete, fmt.Sprint(name, i), "ann", ""))
		}
		b.Frames = n
		h.flow(o, b)
	}
	count := func() (chunks, bytes int64) {
		if err := h.store.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*), coalesce(sum(length(hashes)), 0) FROM grave").Scan(&chunks, &bytes)
		}); err != nil {
			t.Fatal(err)
		}
		return chunks, bytes
	}
	for i := range 5 {
		bury(fmt.Sprint("few-", i), 10)
	}
	if chunks, bytes := count(); chunks != 1 || bytes != 5*10*8 {
		t.Errorf("%d chunks of %d bytes", chunks, bytes)
	}
	for i := range 140 {
		bury(fmt.Sprint("many-", i), 1000)
	}
	if chunks, bytes := count(); chunks > 128 || bytes > 1<<20 || bytes < 120*8000 {
		t.Errorf("%d chunks of %d bytes", chunks, bytes)
	}
	now = now.Add(8 * 24 * time.Hour)
	bury("later-", 1000)
	if chunks, _ := count(); chunks != 1 {
		t.Errorf("after eight days there are %d chunks", chunks)
	}
	p := h.flow(o, batch("late", create("later-7", "pie"), create("many-139999", "pie"), create("few-00", "pie")))
	if p.Counters.Deleted != 1 {
		t.Errorf("counters %+v", p.Counters)
	}
}

// visible are the posts that can be found.
func (h *house) visible() (posts []hearth.Post) {
	h.t.Helper()
	err := h.archive.Export(context.Background(), here, archive.Search{}, func(s *archive.Stored) error {
		posts = append(posts, s.Post.Clone())
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return posts
}
