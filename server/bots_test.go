package server_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/bots"
	"hearth/copies"
	"hearth/db"
	"hearth/demo"
	"hearth/ingest"
	"hearth/monitor"
)

// proves M8 on the demo's world: of the giveaway's forty accounts those with enough
// posts are likely bots, by what they copy, and of its people nobody is.
func TestTheGiveawaysAccountsAreLikelyBotsAndNobodyElseIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	dir, clock, log := t.TempDir(), func() time.Time { return now }, slog.New(slog.DiscardHandler)
	state, err := db.Open(t.Context(), db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), ingest.StateSchema(), monitor.StateSchema(), bots.StateSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	store, err := db.Open(t.Context(), db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema(), monitor.ArchiveSchema(), copies.ArchiveSchema(), bots.ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	kept, err := archive.Open(t.Context(), store, archive.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	monitors, err := monitor.New(t.Context(), monitor.Options{State: state, Archive: kept, Store: store, Clock: clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}

	var entries []archive.Entry
	posts := map[bots.Account]int{}
	for _, e := range demo.NewWorld(1).LastDays(now, 14) {
		if e.Kind == demo.Posted && e.Post.Author.ID != "" {
			post := e.Post
			entries = append(entries, archive.Entry{Op: archive.Create, Post: &post})
			posts[bots.AccountOf(&post)]++
		}
	}
	for part := range slices.Chunk(entries, 1000) {
		if _, err := kept.Append(t.Context(), hearth.DefaultWorkspace, part, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []archive.Consumer{copies.Consumer(), bots.Consumer()} {
		feed(t, kept, store, c)
	}
	b := bots.New(bots.Options{State: state, Store: store, Archive: kept, Monitors: monitors, Clock: clock, Log: log})
	if err := b.Judge(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	bands := map[string]int{}
	for account, n := range posts {
		list, err := b.Of(t.Context(), access.LocalOwner(hearth.DefaultWorkspace), []bots.Account{account})
		if err != nil {
			t.Fatal(err)
		}
		l := &list[0]
		who := "people: "
		if strings.HasPrefix(l.Label, "deal-owl-") {
			who = "owls: "
			if n >= 5 && string(l.Band) != "likely" {
				t.Errorf("%s with %d posts is %s at %.1f: %v", l.Label, n, l.Band, l.Score, l.Reasons)
			}
		}
		if who == "people: " && (string(l.Band) == "likely" || string(l.Band) == "possible") {
			t.Errorf("%s with %d posts is %s at %.1f: %+v", l.Label, n, l.Band, l.Score, l.Reasons)
		}
		bands[who+string(l.Band)]++
	}
	t.Log(bands)
	if bands["owls: likely"] < 25 || bands["owls: likely"]+bands["owls: unknown"] != 40 || bands["people: likely"]+bands["people: possible"] > 0 || bands["people: unlikely"] < 50 {
		t.Errorf("the verdicts are %v", bands)
	}
	found, err := monitor.NewPosts(monitors).Search(t.Context(), access.LocalOwner(hearth.DefaultWorkspace), monitor.PageSearch{Selection: monitor.Selection{Query: `"gives away" bot:(unlikely OR possible)`}, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i := range found.Posts {
		if n := posts[bots.AccountOf(&found.Posts[i].Post)]; n >= 5 && strings.HasPrefix(found.Posts[i].Post.Author.Handle, "deal-owl-") {
			t.Errorf("without likely bots there is a post of %s, who has %d", found.Posts[i].Post.Author.Handle, n)
		}
	}
}

// feed gives a consumer the whole log.
func feed(t *testing.T, kept *archive.Archive, store *db.DB, c archive.Consumer) {
	t.Helper()
	var rows []archive.Stored
	flush := func() error {
		err := store.Write(t.Context(), func(tx *db.Tx) error { return c.Apply(context.Background(), tx, rows) })
		rows = rows[:0]
		return err
	}
	head, err := kept.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = kept.ReadLog(t.Context(), 0, 0, int(head), func(s *archive.Stored) error {
		if rows = append(rows, *s); len(rows) == 500 {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = kept.MoveConsumer(t.Context(), c.Name, 0, head)
	}
	if err != nil {
		t.Fatal(err)
	}
}
