package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
	"hearth/query"
	"hearth/query/querytest"
)

func parse(t testing.TB, words string) *query.Query {
	t.Helper()
	q, diags := query.Parse(words)
	if q == nil {
		t.Fatalf("%s: %v", words, diags)
	}
	return q
}

func (s *store) verify(t testing.TB) archive.Report {
	t.Helper()
	r, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestASoundArchiveVerifies(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(50)
	h := &history{r: rand.New(rand.NewPCG(4, 4)), gen: querytest.New(4)}
	for range 300 {
		s.append(t, h.event())
	}
	s.settle(t)
	r := s.verify(t)
	if !r.OK() || r.Rows == 0 || r.Posts == 0 || r.Erased == 0 {
		t.Errorf("report %+v", r)
	}
}

// flip changes the body of a row behind the back of the triggers.
func (s *store) flip(t testing.TB, seq int64) {
	t.Helper()
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		drop := "DROP TRIGGER post_never_changes"
		if dbtest.OnPostgreSQL() {
			drop += " ON post"
		}
		if _, err := tx.Exec(drop); err != nil {
			return err
		}
		const flip = "UPDATE post SET body = substr(body, 1, 20) || ? || substr(body, 22) WHERE seq = ? AND workspace_id = 1"
		if _, err := tx.Exec(flip, []byte{0x7f}, int64(seq)); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// proves I4, F7
func TestADamagedRowIsNeverRead(t *testing.T) {
	t.Parallel()
	s := newStore(t, seen)
	s.append(t, create("1", "ann", "one apple"), create("2", "ann", "two apples"), create("3", "ann", "three apples"))
	s.flip(t, 2)
	if _, err := s.Get(t.Context(), ws, hearth.Key{Network: "demo", ID: "2"}); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("Get: %v, want Damaged", err)
	}
	if _, err := s.BySeq(t.Context(), ws, []hearth.Seq{2}); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("BySeq: %v, want Damaged", err)
	}
	err := s.ReadLog(t.Context(), ws, 0, 10, func(*archive.Stored) error { return nil })
	if hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("ReadLog: %v, want Damaged", err)
	}
	if got := s.search(t, archive.Search{Limit: 10}); !slices.Equal(got, []string{"demo 1", "demo 3"}) {
		t.Errorf("Search: %v, want the others", got)
	}
	if r := s.verify(t); !slices.Equal(r.Damaged, []hearth.Seq{2}) {
		t.Errorf("Verify: %+v, want row 2", r)
	}
	s.consume(t, recorder(nil))
	letters, err := s.DeadLetters(t.Context(), ws, "recorder", 0, 10)
	if err != nil || len(letters) != 1 || letters[0].Seq != 2 {
		t.Errorf("dead letters %+v, %v, want row 2", letters, err)
	}
	if got := s.seen(t); !slices.Equal(got, []int64{1, 3}) {
		t.Errorf("the consumer saw %v, want 1 and 3", got)
	}
}

// proves I4, F7: neither does it keep the others from being indexed
func TestADamagedRowDoesNotStopTheIndex(t *testing.T) {
	t.Parallel()
	path := dbtest.Location(t)
	s := openStore(t, path)
	s.append(t, create("1", "ann", "one apple"), create("2", "ann", "two apples"), create("3", "ann", "three apples"))
	s.flip(t, 2)
	s.close()
	s = openStore(t, path) // which reads the log again
	page, err := s.Search(t.Context(), ws, archive.Search{Query: parse(t, "apple*")})
	if err != nil || len(page.Posts) != 2 {
		t.Errorf("found %d posts beside the damaged one, want 2 (%v)", len(page.Posts), err)
	}
}

// proves F8: derived parts rebuild alone
func TestADamagedIndexIsRebuilt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(100)
	for i := range 20 {
		var batch []archive.Entry
		for k := range 50 {
			batch = append(batch, create(fmt.Sprintf("%d-%d", i, k), "ann", fmt.Sprint("apple number ", k)))
		}
		s.append(t, batch...)
	}
	s.waitFor(t, func() bool { return s.Segments() > 0 })
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE index_block SET data = substr(data, 1, length(data) - 1) || ?", []byte{0x5a})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	q := parse(t, "apple")
	s.waitFor(t, func() bool {
		n, err := s.Count(t.Context(), ws, archive.Search{Query: q}, 0)
		if err != nil && hearth.ErrorCode(err) != hearth.Unavailable {
			t.Fatal(err)
		}
		return err == nil && n.Total == 1000
	})
	if r := s.verify(t); !r.OK() {
		t.Errorf("after the rebuild: %+v", r)
	}
}

// waitFor polls until something holds.
func (s *store) waitFor(t testing.TB, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatal("it did not come about")
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func TestReindexWhileAppendingFindsEverything(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(64)
	h := &history{r: rand.New(rand.NewPCG(8, 4)), gen: querytest.New(8)}
	done := make(chan struct{})
	events := make([]archive.Entry, 400)
	for i := range events {
		events[i] = h.event()
	}
	go func() {
		defer close(done)
		for _, e := range events {
			if _, err := s.Append(context.Background(), ws, []archive.Entry{e}, nil); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 5 {
		last := -1.0
		if err := s.Reindex(t.Context(), func(share float64) { last = share }); err != nil {
			t.Fatal(err)
		}
		if last != 1 {
			t.Errorf("Reindex ended at %v", last)
		}
	}
	<-done
	s.settle(t)
	if r := s.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
	s.checkRecount(t)
}

// proves ERA2, P2: text, name and handle of an erased post are nowhere in the
// files of the archive
func TestErasedWordsAreGoneFromTheDisk(t *testing.T) {
	dbtest.SQLiteOnly(t, "it looks into the files")
	t.Parallel()
	for _, how := range []string{"erased by us", "deleted by the network", "expired"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			path := dbtest.Location(t)
			s := openStore(t, path)
			s.SmallSegments(40)
			secret := post("secret-id", "secret-author", "Xylophonequark met Quorfblatt #Wibblenork")
			secret.Author.Handle, secret.Author.Name = "zimbelfant.example", "Zimbelfant Krax"
			secret.Published = start.Add(-time.Hour)
			words := []string{"ylophonequark", "uorfblatt", "ibblenork", "imbelfant", "krax", "secret-author"}
			s.append(t, archive.Entry{Op: archive.Create, Post: secret})
			for i := range 300 {
				s.append(t, create(fmt.Sprint("p", i), "ann", fmt.Sprint("nothing to see ", i)))
			}
			s.waitFor(t, func() bool { return s.Segments() > 0 })
			if len(onDisk(t, path, words)) == 0 {
				t.Fatal("the words are not on the disk before: the test is blind")
			}
			var err error
			switch how {
			case "erased by us":
				_, err = s.Erase(t.Context(), ws, []hearth.Key{secret.Key()}, "asked")
			case "expired":
				_, err = s.Expire(t.Context(), ws, start)
			default:
				s.append(t, event(archive.Delete, "secret-id", "", "", ""))
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
			// A post's own rows are compressed, so its text could hide; the
			// log is read to be sure.
			for _, r := range s.log(t) {
				if r.Post.Text == secret.Text {
					t.Errorf("row %d still has the text", r.Seq)
				}
			}
			if found := onDisk(t, path, words); len(found) > 0 {
				t.Errorf("still on the disk: %v", found)
			}
			if r := s.verify(t); !r.OK() {
				t.Errorf("report %+v", r)
			}
		})
	}
}

// proves I39: what the house does daily
func TestWhatWasErasedIsPurgedAndOnlyThen(t *testing.T) {
	dbtest.SQLiteOnly(t, "it looks into the files")
	t.Parallel()
	path := dbtest.Location(t)
	s := openStore(t, path)
	s.SmallSegments(40)
	for i := range 200 {
		s.append(t, create(fmt.Sprint("p", i), "ann", fmt.Sprint("quorfblatt ", i)))
	}
	s.waitFor(t, func() bool { return s.Segments() > 0 })
	for i := range 200 {
		s.append(t, event(archive.Delete, fmt.Sprint("p", i), "ann", "", ""))
	}
	if err := s.PurgeErased(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := onDisk(t, path, []string{"quorfblatt"}); len(found) > 0 {
		t.Errorf("still on the disk: %v", found)
	}
	purged := func() (at int64) {
		err := s.db.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT purged_at FROM index_state WHERE id = 1").Scan(&at)
		})
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := purged()
	if before == 0 {
		t.Fatal("it was not purged")
	}
	if err := s.PurgeErased(t.Context()); err != nil {
		t.Fatal(err)
	}
	if purged() != before {
		t.Error("it purges although nothing was erased since")
	}
}

// onDisk is the words that stand in a database's files, in any case.
func onDisk(t testing.TB, path string, words []string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ToLower(data)
		for _, w := range words {
			if bytes.Contains(data, []byte(w)) {
				found = append(found, filepath.Base(file)+": "+w)
			}
		}
	}
	return found
}

func TestExpireErasesWhatIsOlder(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var batch []archive.Entry
	for i := range 1300 {
		p := post(fmt.Sprint("p", i), "ann", "x")
		p.Published = start.Add(time.Duration(i) * time.Minute)
		batch = append(batch, archive.Entry{Op: archive.Create, Post: p})
	}
	s.append(t, batch...)
	n, err := s.Expire(t.Context(), ws, start.Add(1200*time.Minute))
	if err != nil || n != 1200 {
		t.Errorf("Expire: %d, %v, want 1200", n, err)
	}
	if got := s.search(t, archive.Search{Limit: 1000}); len(got) != 100 {
		t.Errorf("%d posts are left, want 100", len(got))
	}
}

func TestFacetsCountWhatASearchFinds(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(30)
	for i := range 100 {
		p := post(fmt.Sprint("p", i), fmt.Sprint("a", i%4), "apple pie #Tasty")
		p.Lang = []string{"en", "pt-BR", "pt"}[i%3]
		p.Sentiment = hearth.Positive
		p.Links = []string{"https://www.shop.example.com/x"}
		if i%2 == 0 {
			p.Text = "apple"
			p.Intent = []hearth.Intent{hearth.Praise}
		}
		s.append(t, archive.Entry{Op: archive.Create, Post: p})
	}
	for _, words := range []string{"apple", "raw:\"apple\""} { // by the index, and by reading
		list, err := s.Facets(t.Context(), ws, archive.Search{Query: parse(t, words)}, archive.FacetFields, 3)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range list {
			if !f.Exact {
				t.Errorf("%s is not exact", f.Field)
			}
			got[f.Field] = fmt.Sprint(f.Values)
		}
		for field, want := range map[string]string{
			"network":   "[{demo demo 100 100 100}]",
			"lang":      "[{pt pt 66 66 66} {en en 34 34 34}]",
			"sentiment": "[{positive positive 100 100 100}]",
			"intent":    "[{praise praise 50 50 50}]",
			"is":        "[{original original 100 100 100}]",
			"author":    "[{a0 a0.example 25 25 25} {a1 a1.example 25 25 25} {a2 a2.example 25 25 25}]",
			"hashtag":   "[{tasty tasty 50 50 50}]",
			"link":      "[{shop.example.com shop.example.com 100 100 100}]",
			"tag":       "[]",
		} {
			if got[field] != want {
				t.Errorf("%s: %s is %s, want %s", words, field, got[field], want)
			}
		}
	}
	few, err := s.Facets(t.Context(), ws, archive.Search{Query: parse(t, "pie AND author:a1.example")}, archive.FacetFields, 3) // too few for the index
	if err != nil {
		t.Fatal(err)
	}
	read, err := s.Facets(t.Context(), ws, archive.Search{Query: parse(t, `author:a1.example AND raw:"pie"`)}, archive.FacetFields, 3)
	if err != nil || !reflect.DeepEqual(few, read) || few[0].Values[0].Count != 25 {
		t.Errorf("of few posts %+v\nwant %+v, %v", few, read, err)
	}
	if _, err := s.Facets(t.Context(), ws, archive.Search{}, []string{"shoe"}, 3); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("an unknown facet: %v", err)
	}
}

func TestAnAuthorWithManyPostsIsHiddenShownAndDeleted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var batch []archive.Entry
	for i := range 1700 {
		batch = append(batch, create(fmt.Sprint("p", i), []string{"ann", "bob"}[i%2], "x"))
	}
	s.append(t, batch...)
	count := func() int {
		n, err := s.Count(t.Context(), ws, archive.Search{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return n.Total
	}
	for _, step := range []struct {
		op   archive.Op
		want int
	}{{archive.HideAuthor, 850}, {archive.ShowAuthor, 1700}, {archive.HideAuthor, 850}, {archive.DeleteAuthor, 850}, {archive.ShowAuthor, 850}} {
		s.append(t, event(step.op, "", "ann", "", ""))
		s.settle(t)
		if got := count(); got != step.want {
			t.Fatalf("after %s there are %d posts, want %d", step.op, got, step.want)
		}
		if got := len(s.search(t, archive.Search{Limit: 1000})); got != step.want {
			t.Fatalf("after %s %d posts are found, want %d", step.op, got, step.want)
		}
	}
	if r := s.append(t, create("late", "ann", "x")); r[0].Stored {
		t.Error("a late post of a deleted author was stored")
	}
	if r := s.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
	s.checkRecount(t)
}

func TestOnePostIsHiddenAndShown(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "a kettle"), create("2", "ann", "a kettle"), create("3", "bob", "a kettle"))
	found := func() []string { return s.search(t, archive.Search{Query: parse(t, "kettle OR pot"), Limit: 10}) }
	for i, step := range []struct {
		entry  archive.Entry
		stored bool
		want   string // ids
	}{
		{event(archive.Hide, "1", "ann", "", ""), true, "2 3"},
		{event(archive.Hide, "1", "ann", "", ""), false, "2 3"},
		{event(archive.Hide, "3", "ann", "", ""), false, "2 3"}, // not of the author
		{event(archive.Hide, "9", "ann", "", ""), false, "2 3"}, // never came
		{event(archive.Update, "1", "ann", "a pot", "r2"), true, "2 3"},
		{event(archive.Show, "1", "ann", "", ""), true, "1 2 3"},
		{event(archive.Show, "1", "ann", "", ""), false, "1 2 3"},
		{event(archive.Hide, "2", "ann", "", ""), true, "1 3"},
		{event(archive.HideAuthor, "", "ann", "", ""), true, "3"},
		{event(archive.Show, "2", "ann", "", ""), false, "3"}, // its author is hidden
		{event(archive.Delete, "2", "ann", "", ""), true, "3"},
		{event(archive.ShowAuthor, "", "ann", "", ""), true, "1 3"},
	} {
		r := s.append(t, step.entry)
		s.settle(t)
		got := strings.Fields(strings.ReplaceAll(strings.Join(found(), " "), "demo ", ""))
		slices.Sort(got)
		if r[0].Stored != step.stored || strings.Join(got, " ") != step.want {
			t.Errorf("step %d, %s %s: stored %t (%s), found %q", i+1, step.entry.Op, step.entry.Post.ID, r[0].Stored, r[0].Reason, got)
		}
		for _, id := range []string{"1", "2", "3"} {
			now, err := s.Get(t.Context(), ws, hearth.Key{Network: "demo", ID: id})
			if hearth.ErrorCode(err) == hearth.NotFound {
				continue
			}
			rows, err := s.BySeq(t.Context(), ws, []hearth.Seq{now.Seq})
			if shown := slices.Contains(got, id); err != nil || len(rows) != 1 || rows[0].Hidden == shown || now.Hidden == shown {
				t.Errorf("step %d: %s is shown: %t; by number it is %+v, by key hidden: %t", i+1, id, shown, rows, now.Hidden)
			}
		}
	}
	if r := s.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
	s.checkRecount(t)
}

func TestASearchOfNothingButRawTextIsAnsweredInParts(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.append(t, create("1", "ann", "a"), create("2", "ann", "€ 5"))
	if got := s.search(t, archive.Search{Query: parse(t, `raw:"€"`), Limit: 5}); !slices.Equal(got, []string{"demo 2"}) {
		t.Errorf("found %v", got)
	}
	if _, err := s.Search(t.Context(), ws, archive.Search{Cursor: "%"}); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("a made-up cursor: %v", err)
	}
	if _, err := s.Count(t.Context(), ws, archive.Search{From: start, To: start.AddDate(100, 0, 0)}, time.Second); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("too many buckets: %v", err)
	}
}

func TestAnIndexOfOtherRulesOrWithLeftoversIsPutInOrder(t *testing.T) {
	t.Parallel()
	path := dbtest.Location(t)
	s := openStore(t, path)
	s.SmallSegments(50)
	for i := range 300 {
		s.append(t, create(fmt.Sprint("p", i), "ann", fmt.Sprint("apple ", i)))
	}
	s.waitFor(t, func() bool { return s.Segments() > 0 })
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec("UPDATE index_state SET version = version - 1"); err != nil {
			return err
		}
		// One of a segment that was never finished.
		_, err := tx.Exec("INSERT INTO index_block (block, data) VALUES (?, ?)", int64(999)<<32|1, []byte{0})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.close()
	s = openStore(t, path)
	n, err := s.Count(t.Context(), ws, archive.Search{Query: parse(t, "apple")}, 0)
	if err != nil || n.Total != 300 {
		t.Errorf("Count: %d, %v, want 300", n.Total, err)
	}
	s.waitFor(t, func() bool {
		var left int
		err := s.db.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow("SELECT count(*) FROM index_block WHERE block >> 32 = 999").Scan(&left)
		})
		if err != nil {
			t.Fatal(err)
		}
		return left == 0
	})
	if r := s.verify(t); !r.OK() {
		t.Errorf("report %+v", r)
	}
}
