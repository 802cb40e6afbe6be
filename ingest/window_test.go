package ingest_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth/db"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/query"
	"hearth/replay"
)

// withWindow opens a replay window beside the house's files.
func (h *house) withWindow(dir string) *replay.Window {
	h.t.Helper()
	d, err := db.Open(h.t.Context(), filepath.Join(dir, "replay.db"), db.Options{Schemas: []db.Schema{replay.Schema()}})
	if err != nil {
		h.t.Fatal(err)
	}
	w, err := replay.Open(h.t.Context(), d, replay.Options{
		Age: 48 * time.Hour, Size: 1 << 30, Rules: match.KeyRules, BlockBytes: 16 << 10, Clock: h.clock, Log: h.log,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		w.Close()
		d.Close()
	})
	return w
}

// seen is the texts in the window by id, and which of them are dead; passed is
// how many blocks the query can pass over.
func seen(t *testing.T, w *replay.Window, text string) (live, dead map[string]string, passed int) {
	t.Helper()
	if err := w.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	q, _ := query.Parse(text)
	set := match.NewSet([]match.Standing{{ID: 1, Query: q}})
	live, dead = map[string]string{}, map[string]string{}
	var b replay.Block
	for id := int64(0); ; id = b.ID {
		ok, err := w.Before(t.Context(), here, id, time.Time{}, &b)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return live, dead, passed
		}
		if !set.MayHold(b.MayHold) {
			passed++
		}
		if ok, err := w.Load(t.Context(), &b); !ok || err != nil {
			t.Fatal(ok, err)
		}
		for e := (replay.Entry{}); b.Next(&e); {
			gone, err := w.Dead(t.Context(), here, []replay.Entry{e})
			if err != nil {
				t.Fatal(err)
			}
			p := e.Event.Post.Clone()
			if gone[0] {
				dead[p.ID] = p.Text
			} else {
				live[p.ID] = p.Text
			}
		}
	}
}

func TestTheWindowKeepsWhatNobodyWanted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	h.listen("pie")
	o := h.flowOptions()
	o.Window = h.withWindow(dir)
	p := h.flow(o, batch("c1", numbered(0, 2000, 100)...), batch("c2", create("late", "a rare walrus")),
		batch("c3", event(network.Delete, "p000007", "ann", ""), event(network.Delete, "p000008", "bert", "")))
	if p.Counters.Stored != 20 {
		t.Fatalf("counters %+v", p.Counters)
	}
	live, dead, passed := seen(t, o.Window, "walrus")
	if len(live) != 2000 || live["p000001"] != "nothing to see in number 1" || live["late"] == "" {
		t.Errorf("%d posts are in the window", len(live))
	}
	if len(dead) != 1 || dead["p000007"] == "" {
		t.Errorf("dead are %v", dead)
	}
	if passed < 2 {
		t.Errorf("a rare word passes over %d blocks only", passed)
	}
}

func TestAnImportDoesNotGoIntoTheWindow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	options := h.options()
	options.Window = h.withWindow(dir)
	_, err := ingest.NewImports(ingest.NewSources(options)).Import(t.Context(), owner, ingest.File{ID: "f", Format: lines, Body: strings.NewReader(file(0, 100, 0))})
	if err != nil {
		t.Fatal(err)
	}
	if live, _, _ := seen(t, options.Window, "pie"); len(live) != 0 {
		t.Errorf("%d posts are in the window", len(live))
	}
	if st, ok, err := ingest.NewSources(options).Window(t.Context(), owner); err != nil || !ok || st.Posts != 0 {
		t.Errorf("status %+v %v %v", st, ok, err)
	}
}
