package server_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hearth"
	"hearth/client"
	"hearth/network"
)

// town is a network that says a hundred things when it is first listened to.
func town() network.Network {
	return network.Network{
		Name: "town", Title: "Town",
		Stream: func(ctx context.Context, _ *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
			if from == "" {
				b := &network.Batch{Cursor: "100", Frames: 100}
				for i := range 100 {
					b.Events = append(b.Events, network.Event{At: time.Unix(1_700_000_000, 0), Post: hearth.Post{
						Network: "town", ID: fmt.Sprint(i), Text: fmt.Sprint("hear ye, number ", i), Author: hearth.Author{ID: "crier"},
					}})
				}
				if err := emit(b); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return ctx.Err()
		},
	}
}

func TestTheWindowIsShownAndRemovedWhereNobodyWantsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := configIn(dir)
	config.Networks = []network.Network{town()}
	config.Replay = time.Hour
	r := start(t, config)
	if _, err := r.AddSource(t.Context(), client.SourceDraft{Network: "town"}); err != nil {
		t.Fatal(err)
	}
	until(t, "the window has what was said", func() bool {
		st, err := r.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st.Window != nil && st.Window.Posts == 100 && st.Posts == 0 && st.Window.Hours == 1 && len(st.Window.Gaps) == 0
	})
	m, err := r.AddMonitor(t.Context(), client.MonitorDraft{Name: "Seven", Query: `"number 7" OR "number 77"`})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "a new monitor has found its past", func() bool {
		f, err := r.Filling(t.Context(), m.ID)
		if err != nil {
			t.Fatal(err)
		}
		return f.State == "done" && f.Share == 1 && f.Found == 2 && f.Brought == 2
	})
	e, err := r.EstimateFilling(t.Context(), m.ID, time.Time{})
	if err != nil || e.Window != 100 || e.Sampled != 100 || e.FoundWindow != 2 || e.FoundStored != 2 {
		t.Errorf("estimate %+v, %v", e, err)
	}
	if f, err := r.StartFilling(t.Context(), m.ID, time.Time{}); err != nil || f.State != "running" {
		t.Errorf("begun again: %+v, %v", f, err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}

	config.Replay = 0
	r = start(t, config)
	if st, err := r.Status(t.Context()); err != nil || st.Window != nil {
		t.Errorf("a window is shown: %+v (%v)", st.Window, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "replay.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the window's file is still there: %v", err)
	}
}
