package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
	"hearth/network"
)

func ids(hits []archive.Hit) (list []string) {
	for i := range hits {
		list = append(list, hits[i].Post.ID)
	}
	return sorted(list)
}

// proves M4: a change shows what it would do, and what it did.
func TestAChangeSaysWhatItGainsAndLoses(t *testing.T) {
	t.Parallel()
	p := openPast(t, t.TempDir(), true)
	id := p.listen("pie OR tart")[0]
	p.listen("cake")
	p.hear(said(network.Create, "a", "pie"), said(network.Create, "b", "tart"), said(network.Create, "c", "tart and cake"), said(network.Create, "d", "cake"))
	p.hear(talk(1000, 100)...)
	p.hear(said(network.Create, "w", "pie for a walrus"))
	p.run()
	p.settle()

	d, err := p.monitors.PreviewChange(t.Context(), owner, id, "pie OR cake OR walrus")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "posts that would be gained", ids(d.GainedPosts), "d")
	equal(t, "posts that would be lost", ids(d.LostPosts), "b")
	if d.Gained != 1 || d.Lost != 1 || d.Kept != 3 || !d.Exact || d.From != 1 || d.To != 0 || len(d.Words) == 0 {
		t.Errorf("%+v", d)
	}
	if d.WindowGained < 7 || d.WindowGained > 13 || d.Sampled == 0 { // 10 of 1,000, by a sample
		t.Errorf("%d posts of the window would be gained, by %d", d.WindowGained, d.Sampled)
	}
	if mon, err := p.monitors.Get(t.Context(), owner, id); err != nil || mon.Version != 1 || p.total(id) != 4 {
		t.Errorf("the preview changed something: %+v, %v", mon, err)
	}
	_, err = p.monitors.PreviewChange(t.Context(), owner, id, "(")
	wantCode(t, "an unsound query", err, hearth.Invalid)

	wider := "pie OR cake OR walrus"
	if _, err := p.monitors.Change(t.Context(), owner, id, 1, monitor.Edit{Query: &wider}); err != nil {
		t.Fatal(err)
	}
	p.settle()
	within(t, time.Minute, "what the change did is kept", func() bool {
		rows := 0
		if err := p.store.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM monitor_effect WHERE workspace_id = ? AND monitor_id = ?", here, id).Scan(&rows)
		}); err != nil {
			t.Fatal(err)
		}
		return rows == 1
	})
	kept, err := p.monitors.Effect(t.Context(), owner, id, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Gained != 11 || kept.Lost != 1 || kept.Kept != 3 || kept.From != 1 || kept.To != 2 || kept.ToQuery != "pie OR cake OR walrus" {
		t.Errorf("%+v", kept)
	}

	// What is kept stays as it was; another pair is compared now.
	p.hear(said(network.Create, "e", "more cake"))
	p.settle()
	p.clock.advance(time.Hour)
	if again, err := p.monitors.Effect(t.Context(), owner, id, 1, 2); err != nil || again.Gained != 11 || !again.Made.Equal(noon) {
		t.Errorf("%+v, %v", again, err)
	}
	name := "Bakery"
	if _, err := p.monitors.Change(t.Context(), owner, id, 2, monitor.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if other, err := p.monitors.Effect(t.Context(), owner, id, 1, 3); err != nil || other.Gained != 12 {
		t.Errorf("%+v, %v", other, err)
	}
	for _, pair := range [][2]int64{{0, 1}, {2, 1}, {0, 9}, {9, 0}} {
		_, err := p.monitors.Effect(t.Context(), owner, id, pair[0], pair[1])
		wantCode(t, fmt.Sprint("versions ", pair), err, hearth.NotFound)
	}

	// What is erased is not shown by it any more.
	if _, err := p.archive.Erase(t.Context(), here, []hearth.Key{{Network: "town", ID: "b"}}, "asked for"); err != nil {
		t.Fatal(err)
	}
	again, err := p.monitors.Effect(t.Context(), owner, id, 1, 2)
	if err != nil || len(again.LostPosts) != 0 || again.Lost != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	stranger := access.Limited(here, 7, access.ReadMonitors)
	_, err = p.monitors.Effect(t.Context(), stranger, id, 1, 2)
	wantCode(t, "without leave to read posts", err, hearth.Denied)
}
