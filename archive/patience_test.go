package archive_test

import (
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// An export is not a question that somebody waits for: where a search would say
// that it takes too long, an export goes on, also through rows that were erased.
func TestAnExportOverManyErasedRowsEndsHoweverSlowTheMachine(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.SmallSegments(500)
	const rows, left = 3000, 7
	var batch []archive.Entry
	for i := range rows {
		p := post(fmt.Sprint("p", i), "ann", "apple pie")
		p.Published = start.Add(time.Duration(i) * time.Second)
		if batch = append(batch, archive.Entry{Op: archive.Create, Post: p}); len(batch) == 500 {
			s.append(t, batch...)
			batch = batch[:0]
		}
	}
	if err := s.Indexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	// As if all this were erased the moment after the index has proposed it.
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE post SET body = NULL, erased_at = 1 WHERE seq <= ?", rows-left)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	what := archive.Search{Query: parse(t, `"apple pie"`)}
	s.Patience(1)
	if _, err := s.Search(t.Context(), ws, what); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Fatalf("a search without time: %v", err)
	}
	if _, err := s.Count(t.Context(), ws, what, 0); hearth.ErrorCode(err) != hearth.Unavailable {
		t.Fatalf("a count without time: %v", err)
	}
	for _, patience := range []time.Duration{1, 100 * time.Microsecond, time.Millisecond, time.Minute} {
		s.Patience(patience)
		for _, q := range []archive.Search{what, {}} { // by the index, and by time
			n := 0
			err := s.Export(t.Context(), ws, q, func(*archive.Stored) error {
				n++
				return nil
			})
			if err != nil || n != left {
				t.Errorf("with %s at a time %d posts, %v, want %d", patience, n, err, left)
			}
		}
	}
}

// A page that shows nothing still leads on.
func TestASearchThatPassesNothingButErasedRowsLeadsOn(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var batch []archive.Entry
	for i := range 400 {
		batch = append(batch, create(fmt.Sprint("p", i), "ann", "apple pie"))
	}
	s.append(t, batch...)
	if err := s.Indexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE post SET body = NULL, erased_at = 1 WHERE seq > 1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	what := archive.Search{Query: parse(t, `"apple pie"`), Limit: 5}
	for patience := time.Microsecond; ; patience += patience / 8 {
		s.Patience(patience)
		page, err := s.Search(t.Context(), ws, what)
		switch {
		case hearth.ErrorCode(err) == hearth.Unavailable:
			continue
		case err != nil:
			t.Fatal(err)
		case len(page.Posts) == 1 && page.Next == "":
			return
		case len(page.Posts) > 0 || !page.Partial || page.Next == "" || page.Next == what.Cursor:
			t.Fatalf("%+v", page)
		}
		what.Cursor = page.Next
	}
}
