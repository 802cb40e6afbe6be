package archive_test

import (
	"fmt"
	"testing"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
)

// On PostgreSQL it is round trips that take the time, so their number is held:
// however many posts are appended, asked for or found, it is the same few.
func TestRoundTripsDoNotGrowWithTheNumberOfPosts(t *testing.T) {
	t.Parallel()
	if dbtest.OnPostgreSQL() {
		t.Skip("the first run has it")
	}
	s := openStore(t, db.At(dbtest.Postgres(t).Home(), "archive"))
	s.SmallSegments(2000)
	n := 0
	batch := func(size int) (list []archive.Entry) {
		for range size {
			n++
			list = append(list, create(fmt.Sprint("p", n), fmt.Sprint("a", n%50), fmt.Sprint("apple number ", n)))
			list[len(list)-1].Post.Published = start.AddDate(0, 0, n%30)
		}
		return list
	}
	// A process asks now and then by itself; what is done is measured until
	// nothing of that kind came between, and the least counts. On a loaded machine
	// that takes many tries.
	least := func(most int64, do func()) int64 {
		least := int64(1 << 62)
		for try := 0; try < 8 || least > most && try < 100; try++ { // the first times statements are prepared
			before := s.db.RoundTrips()
			do()
			least = min(least, s.db.RoundTrips()-before)
		}
		return least
	}
	for range 6 {
		s.append(t, batch(1000)...)
	}
	s.waitFor(t, func() bool { return s.Segments() >= 2 })

	var keys []hearth.Key
	var seqs []hearth.Seq
	for i := range 500 {
		keys = append(keys, hearth.Key{Network: "demo", ID: fmt.Sprint("p", 2*i)})
		seqs = append(seqs, hearth.Seq(2*i+1))
	}
	again := batch(500)
	s.append(t, again...)
	q := parse(t, "apple")
	for _, work := range []struct {
		name string
		most int64
		do   func() error
	}{
		{"appending 500 posts", 8, func() error { _, err := s.Append(t.Context(), ws, batch(500), nil); return err }},
		{"appending 500 posts that are there", 6, func() error { _, err := s.Append(t.Context(), ws, again, nil); return err }},
		{"asking about 500 posts", 3, func() error { _, err := s.Known(t.Context(), ws, keys); return err }},
		{"reading 500 posts", 5, func() error { _, err := s.BySeq(t.Context(), ws, seqs); return err }},
		{"finding 50 posts", 5, func() error { _, err := s.Search(t.Context(), ws, archive.Search{Query: q}); return err }},
		{"finding 1,000 posts", 11, func() error { _, err := s.Search(t.Context(), ws, archive.Search{Query: q, Limit: 1000}); return err }},
		{"counting all posts", 3, func() error { _, err := s.Count(t.Context(), ws, archive.Search{Query: q}, 0); return err }},
	} {
		took := least(work.most, func() {
			if err := work.do(); err != nil {
				t.Fatalf("%s: %v", work.name, err)
			}
		})
		t.Logf("%s: %d round trips", work.name, took)
		if took > work.most || took < 3 {
			t.Errorf("%s takes %d round trips, want at most %d", work.name, took, work.most)
		}
	}
}
