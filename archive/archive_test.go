package archive_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

const (
	ws    = hearth.DefaultWorkspace
	other = hearth.WorkspaceID(2)
)

var start = time.Date(2031, 5, 4, 9, 0, 0, 0, time.UTC)

// proves the parity half of G2: the same archive on the other engine.
func TestTheSuiteOnPostgreSQL(t *testing.T) { dbtest.Again(t) }

// store is an archive on a database of its own.
type store struct {
	*archive.Archive
	db   *db.DB
	path string
}

func openStore(t testing.TB, path string, schemas ...db.Schema) *store {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Schemas: append([]db.Schema{archive.Schema()}, schemas...)})
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), d, archive.Options{SearchTime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	s := &store{Archive: a, db: d, path: path}
	t.Cleanup(s.close)
	return s
}

func (s *store) close() {
	s.Archive.Close()
	s.db.Close()
}

func newStore(t testing.TB, schemas ...db.Schema) *store {
	t.Helper()
	return openStore(t, dbtest.Location(t), schemas...)
}

func post(id, author, text string) *hearth.Post {
	return &hearth.Post{
		Network: "demo", ID: id, Text: text, Published: start,
		Author: hearth.Author{ID: author, Handle: author + ".example"},
	}
}

func create(id, author, text string) archive.Entry {
	return archive.Entry{Op: archive.Create, Post: post(id, author, text), Source: 7}
}

func event(op archive.Op, id, author, text, revision string) archive.Entry {
	return archive.Entry{Op: op, Revision: revision, Post: post(id, author, text)}
}

func (s *store) append(t testing.TB, entries ...archive.Entry) []archive.Result {
	t.Helper()
	results, err := s.Append(t.Context(), ws, entries, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func (s *store) log(t testing.TB) (rows []archive.Stored) {
	t.Helper()
	err := s.ReadLog(t.Context(), 0, 0, 1<<20, func(r *archive.Stored) error {
		rows = append(rows, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (s *store) textOf(t testing.TB, id string) string {
	t.Helper()
	p, err := s.Get(t.Context(), ws, hearth.Key{Network: "demo", ID: id})
	if hearth.ErrorCode(err) == hearth.NotFound {
		return "(none)"
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.Hidden {
		return "(hidden) " + p.Post.Text
	}
	return p.Post.Text
}

func TestAPostIsReadBackAsItWasAppended(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	p := post("1", "ann", "Hyvää kahvia ☕")
	p.Links = []string{"https://shop.example/a"}
	p.Rating = hearth.KnownNumber(4.5)
	at := start.Add(time.Second)
	results := s.append(t, archive.Entry{Op: archive.Create, Revision: "r1", Post: p, Monitors: []hearth.MonitorID{3, 9}, Source: 7, At: at})
	if results[0] != (archive.Result{Seq: 1, Stored: true}) {
		t.Errorf("result %+v", results[0])
	}
	got, err := s.Get(t.Context(), ws, p.Key())
	if err != nil {
		t.Fatal(err)
	}
	if got.Received.IsZero() {
		t.Error("it does not say when it was received")
	}
	got.Received = time.Time{}
	want := archive.Stored{Seq: 1, Workspace: ws, Op: archive.Create, Post: *p, Revision: "r1", Monitors: []hearth.MonitorID{3, 9}, Source: 7, At: at}
	if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
}

// proves I3
func TestASecondArrivalChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "first"))
	for _, again := range [][]archive.Entry{
		{create("1", "ann", "second")},
		{event(archive.Update, "1", "ann", "edited", "r2")},
		{event(archive.Update, "1", "ann", "edited differently", "r2")},
		{create("2", "ann", "twice in one batch"), create("2", "ann", "twice")},
	} {
		s.append(t, again...)
	}
	if got := s.textOf(t, "1"); got != "edited" {
		t.Errorf("post 1 is %q, want the edit", got)
	}
	if got := s.textOf(t, "2"); got != "twice in one batch" {
		t.Errorf("post 2 is %q, want the first of the batch", got)
	}
	if n := len(s.log(t)); n != 3 {
		t.Errorf("the log has %d rows, want 3", n)
	}
}

func TestDuplicatesAmongManyNewPostsAreFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("p40", "ann", "old"))
	var entries []archive.Entry
	for i := range 100 {
		entries = append(entries, create(fmt.Sprint("p", i), "ann", "new"))
	}
	entries = append(entries, entries[10])
	stored := 0
	for i, r := range s.append(t, entries...) {
		if r.Stored {
			stored++
		} else if i != 40 && i != 100 {
			t.Errorf("entry %d was not stored: %s", i, r.Reason)
		}
	}
	if stored != 99 {
		t.Errorf("%d were stored, want 99", stored)
	}
	wantGapless(t, s, 100)
}

func wantGapless(t *testing.T, s *store, rows int) {
	t.Helper()
	log := s.log(t)
	for i, r := range log {
		if r.Seq != hearth.Seq(i+1) {
			t.Fatalf("row %d of the log is number %d", i+1, r.Seq)
		}
	}
	if len(log) != rows {
		t.Errorf("the log has %d rows, want %d", len(log), rows)
	}
	if head, _ := s.Head(t.Context()); head != hearth.Seq(rows) {
		t.Errorf("the head is %d, want %d", head, rows)
	}
}

// proves F19
func TestTheSamePostFromEverywhereAtOnceIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var stored atomic.Int32
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			results, err := s.Append(context.Background(), ws, []archive.Entry{create("1", "ann", "hello"), create("2", "ann", "again")}, nil)
			if err != nil {
				t.Error(err)
				return
			}
			for _, r := range results {
				if r.Stored {
					stored.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if stored.Load() != 2 {
		t.Errorf("%d were stored, want each of the 2 once", stored.Load())
	}
	wantGapless(t, s, 2)
}

func TestACancelledAppendStoresNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Append(ctx, ws, []archive.Entry{create("1", "ann", "x")}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
	wantGapless(t, s, 0)
	s.Archive.Close()
	if _, err := s.Append(t.Context(), ws, []archive.Entry{create("1", "ann", "x")}, nil); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Errorf("after Close: %v, want Unavailable", err)
	}
}

func TestManyPostsOfOneMillisecondAllFindAPlace(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var entries []archive.Entry
	for i := range 9000 {
		entries = append(entries, create(fmt.Sprint("p", i), "ann", "same moment"))
	}
	s.append(t, entries...)
	s.append(t, event(archive.Delete, "p8000", "ann", "", ""))
	wantGapless(t, s, 9001)
}

// proves ING3
func TestOnlyTheAuthorCanEditOrDelete(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "mine"))
	for _, op := range []archive.Op{archive.Update, archive.Delete} {
		if r := s.append(t, event(op, "1", "eve", "stolen", "r")); r[0].Stored {
			t.Errorf("%s of somebody else was stored", op)
		}
	}
	if got := s.textOf(t, "1"); got != "mine" {
		t.Errorf("the post is %q", got)
	}
	if r := s.append(t, event(archive.Delete, "1", "", "", "")); !r[0].Stored {
		t.Error("a deletion that names no author was refused")
	}
	if got := s.textOf(t, "1"); got != "(none)" {
		t.Errorf("after its deletion the post is %q", got)
	}
}

// proves ING5
func TestADeletionBeforeItsPostSwallowsIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, event(archive.Delete, "1", "ann", "", ""))
	if r := s.append(t, create("1", "ann", "late")); r[0].Stored {
		t.Error("a post came back from the dead")
	}
	if r := s.append(t, event(archive.Update, "1", "ann", "later", "r")); r[0].Stored {
		t.Error("an edit came back from the dead")
	}
	if r := s.append(t, create("1", "bob", "somebody else's")); !r[0].Stored {
		t.Error("a deletion by somebody else swallowed a post")
	}
}

func TestDeletingErasesTheContentOfEveryVersion(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "one"), event(archive.Update, "1", "ann", "two", "r2"), event(archive.Update, "1", "ann", "three", "r3"))
	s.append(t, event(archive.Delete, "1", "ann", "", ""))
	rows := s.log(t)
	for _, r := range rows[:3] {
		if !r.Erased || r.Post.Text != "" {
			t.Errorf("row %d still has %q", r.Seq, r.Post.Text)
		}
	}
	if del := rows[3]; del.Op != archive.Delete || del.Replaces != 3 || del.Post.ID != "1" || del.Erased {
		t.Errorf("the deletion reads %+v", del)
	}
}

func TestAnEditOlderThanTheStoredVersionIsPassedOver(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	edit := func(text, revision string, at time.Time) archive.Entry {
		e := event(archive.Update, "1", "ann", text, revision)
		e.At = at
		return e
	}
	s.append(t, create("1", "ann", "first"))
	s.append(t, edit("newer", "r3", start.Add(2*time.Hour)), edit("older", "r2", start.Add(time.Hour)))
	if got := s.textOf(t, "1"); got != "newer" {
		t.Errorf("the post is %q", got)
	}
}

func TestWorkspacesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "ours"))
	if _, err := s.Append(t.Context(), other, []archive.Entry{create("1", "ann", "theirs")}, nil); err != nil {
		t.Fatal(err)
	}
	s.append(t, event(archive.Delete, "1", "ann", "", ""))
	theirs, err := s.Get(t.Context(), other, hearth.Key{Network: "demo", ID: "1"})
	if err != nil || theirs.Post.Text != "theirs" {
		t.Errorf("the other workspace reads %v, %v", theirs, err)
	}
	if rows, err := s.BySeq(t.Context(), ws, []hearth.Seq{2}); err != nil || len(rows) != 0 {
		t.Errorf("row 2 of the other workspace was read: %v, %v", rows, err)
	}
	err = s.ReadLog(t.Context(), other, 0, 100, func(r *archive.Stored) error {
		if r.Workspace != other {
			t.Errorf("row %d of workspace %d", r.Seq, r.Workspace)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenWithPostsIsThereOnlyWithThem(t *testing.T) {
	t.Parallel()
	cursors := db.Schema{Name: "cursors", Files: oneFile("CREATE TABLE cursor (workspace_id INTEGER NOT NULL, value TEXT NOT NULL)")}
	s := newStore(t, cursors)
	put := func(value string, fail error) func(*db.Tx, []archive.Result) error {
		return func(tx *db.Tx, results []archive.Result) error {
			if len(results) != 1 || !results[0].Stored {
				t.Errorf("with saw %+v", results)
			}
			if _, err := tx.Exec("INSERT INTO cursor (workspace_id, value) VALUES (?, ?)", int64(ws), value); err != nil {
				return err
			}
			return fail
		}
	}
	refused := errors.New("refused")
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			var fail error
			if i%2 == 0 {
				fail = refused
			}
			_, errs[i] = s.Append(context.Background(), ws, []archive.Entry{create(fmt.Sprint(i), "ann", "x")}, put(fmt.Sprint(i), fail))
		})
	}
	wg.Wait()
	var n int
	err := s.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT count(*) FROM cursor WHERE workspace_id = ?", int64(ws)).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		if errors.Is(err, refused) != (i%2 == 0) {
			t.Errorf("append %d: %v", i, err)
		}
	}
	wantGapless(t, s, 10)
	if n != 10 {
		t.Errorf("%d cursors, want 10", n)
	}
}

// proves I1
func TestTheLogNeverChanges(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "one"), create("2", "ann", "two"))
	for _, statement := range []string{
		"UPDATE post SET body = body || body WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = body || body, erased_at = 1 WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = NULL WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = NULL, erased_at = 1, op = 1 WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = NULL, erased_at = 1, workspace_id = 2 WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = NULL, erased_at = 1, seq = 9 WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET body = NULL, erased_at = 1, sum = 9 WHERE seq = 1 AND workspace_id = 1",
		"UPDATE post SET replaces = 9 WHERE seq = 1 AND workspace_id = 1",
		"DELETE FROM post WHERE seq = 1 AND workspace_id = 1",
	} {
		err := s.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(statement)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "a row of the log") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
	const erase = "UPDATE post SET body = NULL, erased_at = 1 WHERE seq = 1 AND workspace_id = 1"
	for i, want := range []bool{true, false} {
		err := s.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(erase)
			return err
		})
		if (err == nil) != want {
			t.Errorf("erasing for the %d. time: %v", i+1, err)
		}
	}
}
