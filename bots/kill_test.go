package bots_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/bots"
	"hearth/copies"
	"hearth/db"
	"hearth/db/dbtest"
)

// authors is how many write in the process that is killed: so many that none has more
// posts than are kept.
const authors = 300

// victim stores, edits, hides and erases posts without an end, counts them and judges.
func victim(ctx context.Context, dir string, round uint64, ready func()) error {
	state, err := db.Open(ctx, db.At(dir, "hearth"), db.Options{Schemas: []db.Schema{access.StateSchema(), bots.StateSchema()}})
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.At(dir, "archive"), db.Options{Schemas: []db.Schema{archive.Schema(), copies.ArchiveSchema(), bots.ArchiveSchema()}})
	if err != nil {
		return err
	}
	clock := func() time.Time { return noon.Add(12 * time.Hour) }
	a, err := archive.Open(ctx, store, archive.Options{Clock: clock})
	if err != nil {
		return err
	}
	go a.Consume(ctx, copies.Consumer())
	go a.Consume(ctx, bots.Consumer())
	b := bots.New(bots.Options{State: state, Store: store, Archive: a, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	random := rand.New(rand.NewPCG(round, 8))
	for n := 0; ; n++ {
		if _, err := a.Append(ctx, here, someEvents(random, round, n), nil); err != nil {
			return err
		}
		head, err := a.Head(ctx)
		if err != nil {
			return err
		}
		for at := hearth.Seq(0); at+30 < head; { // as fast as they are counted
			if at, err = a.Position(ctx, bots.Consumer().Name); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
		}
		if err := b.Judge(ctx); err != nil {
			return err
		}
		if n == 5 {
			ready()
		}
	}
}

// someEvents is twenty things that happen to posts, most of them new ones.
func someEvents(random *rand.Rand, round uint64, n int) (entries []archive.Entry) {
	for i := range 20 {
		author := random.IntN(authors)
		p := post(strconv.FormatUint(random.Uint64N(400), 10), strconv.Itoa(author), giveaway, noon.Add(time.Duration(random.IntN(40_000))*time.Second))
		if author%2 == 0 {
			p.Text = fmt.Sprintf("I have had %d cups of tea today, of %d kinds, and %d more to come", random.Uint32(), random.Uint32(), random.Uint32())
		}
		p.Links = []string{"https://gift.example/now"}
		switch random.IntN(8) {
		case 0:
			entries = append(entries, archive.Entry{Op: archive.Delete, Post: &hearth.Post{Network: p.Network, ID: p.ID}})
		case 1:
			entries = append(entries, archive.Entry{Op: archive.Update, Revision: strconv.FormatUint(random.Uint64(), 36), Post: p})
		case 2:
			entries = append(entries, archive.Entry{Op: archive.Hide, Post: &hearth.Post{Network: p.Network, ID: p.ID}})
		case 3:
			entries = append(entries, create(p))
		default:
			p.ID = fmt.Sprint(round, "-", n, "-", i)
			entries = append(entries, create(p))
		}
	}
	return entries
}

// everything is all figures and verdicts, but for when they were made.
func (h *house) everything() (list []string) {
	h.t.Helper()
	err := h.store.Read(h.t.Context(), func(tx *db.Tx) error {
		for _, ask := range [...]string{
			`SELECT author || ' ' || account || ' ' || label || ' ' || declared || ' ' || due || ' ' || band || ' ' || posts || ' ' || verdict FROM bot_account WHERE workspace_id = ? ORDER BY author`,
			`SELECT seq || ' ' || author || ' ' || at || ' ' || text || ' ' || reply || ' ' || host || ' ' || hidden FROM bot_post WHERE workspace_id = ? ORDER BY seq`,
		} {
			rows, err := tx.Query(ask, here)
			if err != nil {
				return err
			}
			err = db.EachRow(rows, func() error {
				var line string
				err := rows.Scan(&line)
				list = append(list, line)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// proves F1, I9 for bots: after any kill the figures and verdicts are those of an
// undisturbed reading of the log, and no post is counted twice or lost.
func TestKillingTheProcessLeavesTheFiguresOfAnUndisturbedRun(t *testing.T) {
	t.Parallel()
	dir := dbtest.Killed(t, 4, 150*time.Millisecond, victim)
	h := openIn(t, dir)
	h.settle()
	h.sound("after the kills")
	h.now = h.now.Add(7 * time.Hour) // verdicts are made anew, by all copies that are known
	h.judge()
	before := h.everything()
	if n := h.rows(); n[0] < 50 || n[1] < 100 {
		t.Errorf("there are %v rows: the processes did not work", n)
	}
	if err := h.bots.Rebuild(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	after := h.everything()
	if !slices.Equal(after, before) {
		for i := range min(len(before), len(after)) {
			if before[i] != after[i] {
				t.Errorf("of %d rows, now %d, the first that differs:\n%s, and anew\n%s", len(before), len(after), before[i], after[i])
				break
			}
		}
		t.Errorf("an undisturbed reading gives other figures")
	}
}

// sound says that all posts count as the log says.
func (h *house) sound(when string) {
	h.t.Helper()
	if d, err := h.bots.Verify(h.t.Context(), func(float64) {}); err != nil || d != (bots.Difference{}) {
		h.t.Errorf("%s: %+v, %v", when, d, err)
	}
}

func TestPostsThatCountForAnotherOrForNobodyAreFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.arrive(farm(3, 130)...) // of which the older ones are forgotten
	h.settle()
	h.sound("when nothing is wrong")
	for _, wrong := range []struct {
		what, do string
		want     bots.Difference
	}{
		{"a post was hidden behind the log", `UPDATE bot_post SET hidden = 1 WHERE workspace_id = 1 AND seq = (SELECT max(seq) FROM bot_post)`, bots.Difference{Posts: 1, Accounts: 1}},
		{"a post that no row makes", `INSERT INTO bot_post (workspace_id, seq, author, at, text, reply, host, hidden) SELECT 1, 99999, author, at, 0, 0, '', 1 FROM bot_post WHERE workspace_id = 1 AND seq = (SELECT max(seq) FROM bot_post)`, bots.Difference{Posts: 2, Accounts: 1}},
		{"no account", `DELETE FROM bot_account WHERE workspace_id = 1 AND due = 0 AND author = (SELECT max(author) FROM bot_account)`, bots.Difference{Posts: 2, Accounts: 2}},
	} {
		err := h.store.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(wrong.do)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := h.bots.Verify(t.Context(), func(float64) {}); err != nil || d.Posts != wrong.want.Posts || d.Accounts < 1 || d.Accounts > wrong.want.Accounts {
			t.Errorf("%s: %+v, %v, want %+v", wrong.what, d, err, wrong.want)
		}
	}
	if err := h.bots.Rebuild(t.Context(), func(float64) {}); err != nil {
		t.Fatal(err)
	}
	h.sound("counted anew")
}
