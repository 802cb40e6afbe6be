package copies_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/copies"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/ingest"
	"hearth/monitor"
)

const here = hearth.DefaultWorkspace

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// proves the parity half of G2: the same clusters on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// house is copies on real files.
type house struct {
	t       testing.TB
	store   *db.DB
	state   *db.DB
	archive *archive.Archive
	now     time.Time
}

func open(t testing.TB) *house {
	t.Helper()
	return openIn(t, dbtest.Home(t))
}

func openIn(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{t: t, now: noon}
	var err error
	if h.state, err = db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema()}}); err != nil {
		t.Fatal(err)
	}
	h.store, err = db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), copies.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	if h.archive, err = archive.Open(t.Context(), h.store, archive.Options{Clock: func() time.Time { return h.now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.archive.Close()
		h.store.Close()
		h.state.Close()
	})
	return h
}

// arrive stores entries.
func (h *house) arrive(entries ...archive.Entry) {
	h.t.Helper()
	if _, err := h.archive.Append(h.t.Context(), here, entries, nil); err != nil {
		h.t.Fatal(err)
	}
}

// fold feeds what has arrived, by a consumer that is given.
func (h *house) fold(c archive.Consumer) {
	h.t.Helper()
	head, err := h.archive.Head(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.archive.Consume(ctx, c) }()
	for at := hearth.Seq(-1); at < head; {
		if at, err = h.archive.Position(ctx, c.Name); err != nil {
			h.t.Fatal(err)
		}
		select {
		case err := <-ended:
			h.t.Fatalf("consuming ended at %d of %d: %v", at, head, err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	<-ended
	letters, err := h.archive.DeadLetters(h.t.Context(), here, c.Name, 0, 10)
	if err != nil || len(letters) > 0 {
		h.t.Fatalf("dead letters: %+v, %v", letters, err)
	}
}

// clusters are the ids of the posts of each cluster of two and more, sorted.
func (h *house) clusters() (list []string) {
	h.t.Helper()
	byCluster := map[int64][]string{}
	var orphans, bands int
	err := h.store.Read(h.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT p.seq, t.cluster FROM copy_post p JOIN copy_text t ON t.workspace_id = p.workspace_id AND t.id = p.text_id WHERE p.workspace_id = ?`, here)
		if err != nil {
			return err
		}
		where := map[hearth.Seq]int64{}
		var seqs []hearth.Seq
		err = db.EachRow(rows, func() error {
			var seq hearth.Seq
			var cluster int64
			err := rows.Scan(&seq, &cluster)
			where[seq] = cluster
			seqs = append(seqs, seq)
			return err
		})
		if err != nil {
			return err
		}
		slices.Sort(seqs)
		stored, err := h.archive.BySeq(h.t.Context(), here, seqs)
		if err != nil {
			return err
		}
		if len(stored) != len(seqs) {
			h.t.Errorf("%d posts are in clusters, %d of them are stored", len(seqs), len(stored))
		}
		for i := range stored {
			c := where[stored[i].Seq]
			byCluster[c] = append(byCluster[c], stored[i].Post.ID)
		}
		if err := tx.QueryRow(`SELECT count(*) FROM copy_text t WHERE t.workspace_id = ? AND posts <> (SELECT count(*) FROM copy_post p WHERE p.workspace_id = t.workspace_id AND p.text_id = t.id)`, here).Scan(&orphans); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM copy_band b WHERE b.workspace_id = ? AND NOT EXISTS (SELECT 1 FROM copy_text t WHERE t.workspace_id = b.workspace_id AND t.id = b.text_id)`, here).Scan(&bands)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if orphans+bands > 0 {
		h.t.Errorf("%d texts have another number of posts than they say, %d bands lead nowhere", orphans, bands)
	}
	for _, ids := range byCluster {
		if len(ids) > 1 {
			slices.Sort(ids)
			list = append(list, strings.Join(ids, " "))
		}
	}
	slices.Sort(list)
	return list
}

func (h *house) want(clusters ...string) {
	h.t.Helper()
	if got := h.clusters(); !slices.Equal(got, clusters) {
		h.t.Errorf("the clusters are %q, not %q", got, clusters)
	}
}

func post(id, author, text string, at time.Time) *hearth.Post {
	return &hearth.Post{Network: "bluesky", ID: id, Text: text, Published: at, Author: hearth.Author{ID: "did:" + author, Handle: author + ".example"}}
}

func create(p *hearth.Post) archive.Entry { return archive.Entry{Op: archive.Create, Post: p} }

const (
	giveaway = "Brewlytic gives away five hundred grinders today only! I got mine at the harbour, hurry and claim yours"
	edited   = "OMG Brewlytic gives away five hundred grinders today only! I got mine at the station, hurry and claim yours now"
	weather  = "The ferry leaves at nine and the weather looks fine over the archipelago for the whole of the weekend"
)

func number(n int) string { return fmt.Sprintf("%03d", n) }
