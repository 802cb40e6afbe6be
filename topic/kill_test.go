package topic_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/topic"
)

// bare is topics without monitors, on the databases of a directory.
type bare struct {
	state   *db.DB
	archive *archive.Archive
	topics  *topic.Topics
	close   func()
}

func openBare(ctx context.Context, dir, state string) (*bare, error) {
	b := &bare{}
	var err error
	if b.state, err = db.Open(ctx, db.At(dir, state), db.Options{Schemas: []db.Schema{access.StateSchema(), topic.Schema()}}); err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema()}})
	if err != nil {
		return nil, err
	}
	clock := func() time.Time { return noon }
	if b.archive, err = archive.Open(ctx, store, archive.Options{Clock: clock}); err != nil {
		return nil, err
	}
	b.topics = topic.New(topic.Options{State: b.state, Archive: b.archive, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	b.close = func() { b.archive.Close(); store.Close(); b.state.Close() }
	return b, nil
}

// child stores and edits posts of the subjects without an end, and sorts them, until it
// is killed. It erases none: what was erased teaches no words to a later run.
func child(ctx context.Context, dir string, round uint64, ready func()) error {
	b, err := openBare(ctx, dir, "hearth")
	if err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(round, 5))
	for n := 0; ; n++ {
		var entries []archive.Entry
		for range 10 {
			words := subjects[dice.IntN(len(subjects))]
			text := "brand"
			for range 6 {
				text += " " + words[dice.IntN(len(words))]
			}
			id, who := strconv.Itoa(dice.IntN(500)), fmt.Sprint("a", dice.IntN(40))
			post := &hearth.Post{Network: "demo", ID: id, Text: text, Lang: "en", Published: noon.Add(-time.Duration(dice.IntN(48*60)) * time.Minute), Author: hearth.Author{ID: who, Handle: who}}
			e := archive.Entry{Op: archive.Create, Post: post}
			if post.ID = strconv.FormatUint(dice.Uint64(), 36); dice.IntN(4) == 0 {
				post.ID, e.Op, e.Revision = id, archive.Update, post.ID
			}
			entries = append(entries, e)
		}
		if _, err := b.archive.Append(ctx, here, entries, nil); err != nil {
			return err
		}
		if err := b.topics.Catch(ctx); err != nil {
			return err
		}
		if n == 3 {
			ready()
		}
	}
}

// proves F1, I9 for topics: after any kill the topics are those of an undisturbed
// sorting of the same log.
func TestKillingTheProcessLeavesTheTopicsOfAnUndisturbedRun(t *testing.T) {
	t.Parallel()
	dir := dbtest.Killed(t, 3, 150*time.Millisecond, child)
	sorted := func(state string) string {
		t.Helper()
		b, err := openBare(t.Context(), dir, state)
		if err != nil {
			t.Fatal(err)
		}
		defer b.close()
		if err := b.topics.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if problems, err := b.topics.Verify(t.Context()); len(problems) > 0 || err != nil {
			t.Errorf("%s: %q, %v", state, problems, err)
		}
		return dump(t, b.state)
	}
	killed, undisturbed := sorted("hearth"), sorted("undisturbed")
	if strings.Count(killed, "topic ") < 2 || strings.Count(killed, "post ") < 50 {
		t.Errorf("the children did not work:\n%.500s", killed)
	}
	if killed != undisturbed {
		a, b := strings.Split(killed, "\n"), strings.Split(undisturbed, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d of %d and %d is %q after the kills, and %q undisturbed", i, len(a), len(b), a[i], b[i])
			}
		}
		t.Fatalf("there are %d lines after the kills, and %d undisturbed", len(a), len(b))
	}
}

// dump is what was sorted, but for labels, which are of the posts at a time.
func dump(t *testing.T, state *db.DB) string {
	t.Helper()
	var b strings.Builder
	err := state.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT id, parent_id, live, posts, first FROM topic WHERE workspace_id = ? ORDER BY id`, here)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			var id, parent, live, posts, first int64
			err := rows.Scan(&id, &parent, &live, &posts, &first)
			fmt.Fprintln(&b, "topic", id, parent, live, posts, first)
			return err
		})
		if err != nil {
			return err
		}
		if rows, err = tx.Query(`SELECT seq, topic_id, at, person FROM topic_post WHERE workspace_id = ? ORDER BY seq`, here); err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var seq, id, at, person int64
			err := rows.Scan(&seq, &id, &at, &person)
			fmt.Fprintln(&b, "post", seq, id, at, person)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSortingAnewKeepsWhatPeopleSaid(t *testing.T) {
	t.Parallel()
	h := open(t)
	for s := range subjects {
		h.say(s, 30, time.Hour, "")
	}
	h.settle()
	named, muted, other := h.about("frother"), h.about("parcel"), h.about("login")
	if named == nil || muted == nil || other == nil {
		t.Fatalf("the topics are %+v", h.list().Topics)
	}
	name, yes := "Milk", true
	if err := h.topics.Change(t.Context(), owner, named.ID, named.Version, topic.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := h.topics.Change(t.Context(), owner, muted.ID, muted.Version, topic.Edit{Muted: &yes}); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if err := h.topics.Rebuild(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	if problems, err := h.topics.Verify(t.Context()); len(problems) > 0 || err != nil {
		t.Errorf("%q, %v", problems, err)
	}
	r := h.list()
	if r.Muted == 0 || r.Posts < 80 || r.Behind != 0 {
		t.Errorf("%d topics are muted, %d of %d posts sorted, %d rows behind", r.Muted, r.Posts, r.Of, r.Behind)
	}
	for _, one := range r.Topics {
		if one.ID == named.ID {
			if one.Name != name || one.Posts < named.Posts*9/10 {
				t.Errorf("the topic with a name is now %+v", one)
			}
			return
		}
	}
	t.Errorf("the topic with a name is gone: %+v", r.Topics)
}
