package replay_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hearth"
	"hearth/db"
	"hearth/network"
	"hearth/query/querytest"
	"hearth/replay"
)

const here = hearth.DefaultWorkspace

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// shelf is a window on a real file, with a clock set by hand.
type shelf struct {
	t      testing.TB
	d      *db.DB
	window *replay.Window
	mu     sync.Mutex
	now    time.Time
}

func (s *shelf) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shelf) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func open(t testing.TB, path string, o replay.Options) *shelf {
	t.Helper()
	s := &shelf{t: t, now: noon}
	if o.Clock == nil {
		o.Clock = s.clock
	}
	if o.Age == 0 {
		o.Age = 48 * time.Hour
	}
	if o.Size == 0 {
		o.Size = 1 << 30
	}
	if o.BlockBytes == 0 {
		o.BlockBytes = 16 << 10
	}
	o.Log = slog.New(slog.DiscardHandler)
	var err error
	if s.d, err = db.Open(t.Context(), path, db.Options{Schemas: []db.Schema{replay.Schema()}}); err != nil {
		t.Fatal(err)
	}
	if s.window, err = replay.Open(t.Context(), s.d, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func (s *shelf) close() {
	s.window.Close()
	s.d.Close()
}

// take takes posts one sheet each.
func (s *shelf) take(ws hearth.WorkspaceID, events ...network.Event) {
	s.t.Helper()
	var sheet replay.Sheet
	for i := range events {
		e := &events[i]
		if e.Op == network.Create || e.Op == network.Update {
			sheet.Add(e, 7, s.clock())
			sheet.Keys = append(sheet.Keys, keyOf(e.Post.ID))
		}
		sheet.Bury(e)
		if err := s.window.Take(s.t.Context(), ws, &sheet); err != nil {
			s.t.Fatal(err)
		}
	}
}

// keyOf is a key with its bits well spread.
func keyOf(id string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(id) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h * 0xFF51AFD7ED558CCD
}

func (s *shelf) flush() {
	s.t.Helper()
	if err := s.window.Flush(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// all is everything in the window, block by block from the newest on.
func (s *shelf) all(ws hearth.WorkspaceID) (list []replay.Entry) {
	s.t.Helper()
	s.flush()
	var b replay.Block
	for id := int64(0); ; id = b.ID {
		ok, err := s.window.Before(s.t.Context(), ws, id, time.Time{}, &b)
		if err != nil {
			s.t.Fatal(err)
		}
		if !ok {
			return list
		}
		there, err := s.window.Load(s.t.Context(), &b)
		if err != nil {
			s.t.Fatal(err)
		}
		if !there {
			continue
		}
		n := 0
		for e := (replay.Entry{}); b.Next(&e); n++ {
			e.Event.Post = e.Event.Post.Clone()
			e.Event.Revision = strings.Clone(e.Event.Revision)
			if !b.MayHold(keyOf(e.Event.Post.ID)) {
				s.t.Errorf("the summary of block %d denies %s, which is in it", b.ID, e.Event.Post.ID)
			}
			list = append(list, e)
		}
		if n != b.Posts {
			s.t.Errorf("block %d gave %d of %d posts", b.ID, n, b.Posts)
		}
	}
}

func post(id string) network.Event {
	return network.Event{Op: network.Create, Revision: "r" + id, At: noon, Post: hearth.Post{
		Network: "town", ID: id, Author: hearth.Author{ID: "anna"}, Text: "Post " + id + " about pies",
	}}
}

func posts(from, to int) (list []network.Event) {
	for i := from; i < to; i++ {
		list = append(list, post(fmt.Sprint("p", i)))
	}
	return list
}

func TestEverythingTakenIsThereAfterAStop(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	s := open(t, path, replay.Options{})
	g := querytest.New(5)
	want := map[string]network.Event{}
	for i := range 900 {
		e := network.Event{Op: network.Op(i % 2), Revision: fmt.Sprint("r", i), At: noon.Add(time.Duration(i)), Post: g.Post()}
		e.Post.ID = fmt.Sprint("id", i)
		want[e.Post.ID] = e
		s.take(here, e)
		s.advance(time.Second)
	}
	s.take(2, post("elsewhere"))
	s.close()

	s = open(t, path, replay.Options{Clock: s.clock})
	got := s.all(here)
	if len(got) != len(want) {
		t.Fatalf("%d of %d posts are there", len(got), len(want))
	}
	for _, e := range got {
		if diff := cmp.Diff(want[e.Event.Post.ID], e.Event, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if e.Source != 7 {
			t.Fatalf("source %d", e.Source)
		}
	}
	st, err := s.window.Status(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	if st.Posts != 900 || st.Blocks < 3 || st.Bytes == 0 || len(st.Gaps) > 0 || !st.From.Equal(noon) || !st.To.Equal(noon.Add(899*time.Second)) {
		t.Errorf("status %+v", st)
	}
	if other := s.all(2); len(other) != 1 {
		t.Errorf("the other workspace has %d posts", len(other))
	}
}

func TestSummariesDenyMostOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "replay.db"), replay.Options{})
	s.take(here, posts(0, 300)...)
	s.flush()
	var b replay.Block
	denied, asked := 0, 0
	for id := int64(0); ; id = b.ID {
		ok, err := s.window.Before(t.Context(), here, id, time.Time{}, &b)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		for i := range 1000 {
			asked++
			if !b.MayHold(keyOf(fmt.Sprint("absent", i))) {
				denied++
			}
		}
	}
	if asked == 0 || denied < asked*95/100 {
		t.Errorf("%d of %d absent keys are denied", denied, asked)
	}
}

// proves that a crash is shown: the newest seconds may be lost, never silently.
func TestACrashIsShownAsAGapAndCostsOnlyWhatWasNotWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	s := open(t, path, replay.Options{})
	s.take(here, posts(0, 500)...)
	s.flush()
	s.advance(time.Second)
	s.take(here, post("late"))
	s.d.Close() // the file goes away under the window, as in a crash

	s.advance(time.Minute)
	again := open(t, path, replay.Options{Clock: s.clock})
	if got := again.all(here); len(got) < 500 {
		t.Errorf("%d of 500 posts that were written are there", len(got))
	}
	st, err := again.window.Status(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Gaps) != 1 || st.Gaps[0].From.After(noon.Add(time.Second)) || !st.Gaps[0].To.Equal(noon.Add(61*time.Second)) || st.Gaps[0].Reason == "" {
		t.Errorf("gaps %+v", st.Gaps)
	}
}

// proves the window's part of ERA3: what is older than the age is gone.
func TestTheOldestIsDroppedByAge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	s := open(t, path, replay.Options{Age: time.Hour})
	s.take(here, posts(0, 300)...)
	s.take(here, network.Event{Op: network.Delete, Post: hearth.Post{Network: "town", ID: "p1", Author: hearth.Author{ID: "anna"}}})
	s.flush()
	s.advance(50 * time.Minute)
	s.take(here, posts(300, 600)...)
	s.flush()
	s.close()
	s.advance(20 * time.Minute)
	s = open(t, path, replay.Options{Age: time.Hour, Clock: s.clock}) // cuts at once
	got := s.all(here)
	if len(got) < 300 || len(got) > 400 {
		t.Errorf("%d posts are left", len(got))
	}
	for _, e := range got {
		if e.Event.Post.ID == "p1" {
			t.Error("a post of the first hour is still there")
		}
	}
}

func TestTheOldestIsDroppedBySize(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	s := open(t, path, replay.Options{Size: 30 << 10})
	for i := range 20 {
		s.take(here, posts(1000*i, 1000*i+300)...)
	}
	s.close()
	s = open(t, path, replay.Options{Size: 30 << 10})
	got := s.all(here)
	st, err := s.window.Status(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	if st.Bytes > 30<<10 || len(got) == 0 || len(got) == 6_000 {
		t.Errorf("%d posts in %d bytes", len(got), st.Bytes)
	}
	if got[0].Event.Post.ID == "p0" || !strings.HasPrefix(got[0].Event.Post.ID, "p19") {
		t.Errorf("the newest block begins with %s", got[0].Event.Post.ID)
	}
}

func TestTheWindowStopsGrowingWhereTheDiskIsNearlyFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	const size = 200 << 10
	s := open(t, path, replay.Options{Size: size})
	s.take(here, posts(0, 2000)...)
	s.flush()
	before, err := s.window.Status(t.Context(), here)
	if err != nil || before.Bytes > size {
		t.Fatalf("%+v, %v", before, err)
	}
	s.close()
	s = open(t, path, replay.Options{Size: size, Crowded: func() bool { return true }})
	for i := range 40 { // packed, much less than it makes way for
		s.take(here, posts(10_000*i, 10_000*i+500)...)
		s.flush()
	}
	after, err := s.window.Status(t.Context(), here)
	if err != nil || after.Bytes > before.Bytes+before.Bytes/4 || after.Bytes < before.Bytes/2 {
		t.Errorf("from %d bytes to %d, %v", before.Bytes, after.Bytes, err)
	}
	if got := s.all(here); got[0].Event.Post.ID[:3] != "p39" {
		t.Errorf("the newest block begins with %s", got[0].Event.Post.ID)
	}
}

// proves that deletions are obeyed inside the window (ERA3).
func TestWhatItsNetworkTookBackIsDead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "replay.db")
	s := open(t, path, replay.Options{})
	of := func(op network.Op, id, author string) network.Event {
		return network.Event{Op: op, Post: hearth.Post{Network: "town", ID: id, Author: hearth.Author{ID: author}}}
	}
	bert, cleo, dora := post("b"), post("c"), post("d")
	bert.Post.Author.ID, cleo.Post.Author.ID, dora.Post.Author.ID = "bert", "cleo", "dora"
	s.take(here, post("a"), post("kept"), post("veiled"), post("unveiled"), bert, cleo, dora)
	s.advance(13 * time.Hour)
	s.take(here, of(network.Delete, "a", "anna"), of(network.Delete, "kept", "somebody else"),
		of(network.Hide, "veiled", "anna"), of(network.Hide, "unveiled", "anna"),
		of(network.DeleteAuthor, "", "bert"), of(network.HideAuthor, "", "cleo"), of(network.HideAuthor, "", "dora"))
	s.advance(7 * time.Hour)
	s.take(here, of(network.ShowAuthor, "", "dora"), of(network.Show, "unveiled", "anna"))
	want := map[string]bool{"a": true, "veiled": true, "b": true, "c": true}
	check := func(when string) {
		t.Helper()
		entries := s.all(here)
		dead, err := s.window.Dead(t.Context(), here, entries)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 7 {
			t.Fatalf("%d posts", len(entries))
		}
		for i, e := range entries {
			if dead[i] != want[e.Event.Post.ID] {
				t.Errorf("%s: %s is dead: %v", when, e.Event.Post.ID, dead[i])
			}
		}
		if elsewhere, err := s.window.Dead(t.Context(), 2, entries); err != nil || elsewhere[0] {
			t.Errorf("%s: another workspace's deletion counts here (%v)", when, err)
		}
	}
	check("at once")
	s.close()
	s = open(t, path, replay.Options{Clock: s.clock})
	check("after a stop")
}

func TestADamagedBlockCostsNoOther(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "replay.db"), replay.Options{})
	s.take(here, posts(0, 1000)...)
	s.flush()
	before := len(s.all(here))
	err := s.d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE replay_block SET body = zeroblob(length(body)) WHERE id = 2`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	after := len(s.all(here))
	st, err := s.window.Status(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	if after == 0 || after >= before || st.Damaged != 1 {
		t.Errorf("%d of %d posts are read, %d blocks damaged", after, before, st.Damaged)
	}
}

func TestManyMayTakeAndReadAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "replay.db"), replay.Options{})
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() { s.take(here, posts(g*1000, g*1000+1000)...) })
		group.Go(func() { s.all(here) })
	}
	group.Wait()
	seen := map[string]bool{}
	for _, e := range s.all(here) {
		seen[e.Event.Post.ID] = true
	}
	if len(seen) != 4000 {
		t.Errorf("%d of 4000 posts are there", len(seen))
	}
}

func TestReadingABlockAllocatesNothingForAPost(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "replay.db"), replay.Options{BlockBytes: 1 << 20})
	s.take(here, posts(0, 5000)...)
	s.flush()
	var b replay.Block
	var e replay.Entry
	read := func() {
		if ok, err := s.window.Before(context.Background(), here, 0, time.Time{}, &b); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if ok, err := s.window.Load(context.Background(), &b); !ok || err != nil {
			t.Fatal(ok, err)
		}
		n := 0
		for b.Next(&e) {
			n++
		}
		if n != 5000 {
			t.Fatalf("%d posts", n)
		}
	}
	read()
	if n := testing.AllocsPerRun(5, read); n > 500 {
		t.Errorf("%.0f allocations for a block of 5000 posts", n)
	}
}

func TestAWindowOfMoreThanAWeekIsRefused(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "replay.db"), db.Options{Schemas: []db.Schema{replay.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, err = replay.Open(t.Context(), d, replay.Options{Age: replay.MaxAge + 1, Size: 1, Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler)})
	if hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("opened: %v", err)
	}
}
