package ingest_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/network"
)

// proves SE1, I38 for sources
func TestASecretReachesItsNetworkAndNobodyElse(t *testing.T) {
	dbtest.SQLiteOnly(t, "it looks into the files")
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	given := make(chan string, 10)
	vault := network.Network{
		Name: "vault", Title: "Vault", Fields: []network.Field{{Name: "token", Title: "Token", Secret: true}, {Name: "place", Title: "Place"}},
		Stream: func(ctx context.Context, s *network.Session, _ network.Cursor, _ func(*network.Batch) error) error {
			given <- s.Settings["token"]
			<-ctx.Done()
			return ctx.Err()
		},
	}
	o := h.options()
	o.Networks = []network.Network{vault}
	draft := ingest.Draft{Network: "vault", Settings: map[string]string{"token": "open-sesame-4711", "place": "here"}}
	_, err := ingest.NewSources(o).Add(t.Context(), owner, draft)
	if hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("without a key: %v", err)
	}
	if o.Sealer, err = ingest.NewSealer(bytes.Repeat([]byte{7}, ingest.SealKeySize)); err != nil {
		t.Fatal(err)
	}
	w := &world{house: h, sources: ingest.NewSources(o)}
	w.run(t)
	next := func() string {
		t.Helper()
		select {
		case s := <-given:
			return s
		case <-time.After(10 * time.Second):
			t.Fatal("the network is not asked")
			return ""
		}
	}
	src, err := w.sources.Add(t.Context(), owner, draft)
	if err != nil || src.Settings["token"] != ingest.Kept || src.Settings["place"] != "here" {
		t.Fatalf("%+v, %v", src, err)
	}
	if got := next(); got != "open-sesame-4711" {
		t.Errorf("the network was given %q", got)
	}
	list, err := w.sources.List(t.Context(), owner)
	if err != nil || list[0].Settings["token"] != ingest.Kept {
		t.Errorf("%+v, %v", list, err)
	}
	changed, err := w.sources.Change(t.Context(), owner, src.ID, src.Version, ingest.Draft{Settings: map[string]string{"token": ingest.Kept, "place": "there"}})
	if err != nil || changed.Settings["token"] != ingest.Kept {
		t.Fatalf("%+v, %v", changed, err)
	}
	if got := next(); got != "open-sesame-4711" {
		t.Errorf("after a change of something else the network was given %q", got)
	}
	if _, err := w.sources.Change(t.Context(), owner, src.ID, changed.Version, ingest.Draft{}); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "" {
		t.Errorf("after its removal the network was given %q", got)
	}
	w.stop()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte("open-sesame")) {
			t.Errorf("the secret stands in %s", filepath.Base(f))
		}
	}
}

func TestASealedSecretOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	if _, err := ingest.NewSealer(make([]byte, 31)); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("a short key: %v", err)
	}
	h := open(t, dbtest.Home(t))
	told := make(chan error, 1)
	n := network.Network{Name: "vault", Title: "Vault", Fields: []network.Field{{Name: "token", Title: "Token", Secret: true}},
		Stream: func(context.Context, *network.Session, network.Cursor, func(*network.Batch) error) error {
			told <- nil
			return nil
		}}
	o := h.options()
	o.Networks = []network.Network{n}
	o.Sealer, _ = ingest.NewSealer(bytes.Repeat([]byte{7}, ingest.SealKeySize))
	src, err := ingest.NewSources(o).Add(t.Context(), owner, ingest.Draft{Network: "vault", Settings: map[string]string{"token": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	o.Sealer, _ = ingest.NewSealer(bytes.Repeat([]byte{8}, ingest.SealKeySize)) // another key
	w := &world{house: h, sources: ingest.NewSources(o)}
	w.run(t)
	within(t, 10*time.Second, "it needs a person", func() bool {
		st := w.status(t, src.ID)
		return st.State == ingest.Failed && strings.Contains(st.Trouble, "enter it again")
	})
	if len(told) != 0 {
		t.Error("the network was asked")
	}
}
