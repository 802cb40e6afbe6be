package monitor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// proves I10, I41, F21: whatever happens in whatever order, the numbers equal a
// recount, and building them anew gives the same tables.
func TestNumbersEqualARecountAfterAnyHistory(t *testing.T) {
	t.Parallel()
	h := open(t)
	stop := h.run()
	workspace := here
	rapid.Check(t, func(r *rapid.T) {
		workspace++
		for range rapid.IntRange(1, 5).Draw(r, "batches") {
			var entries []archive.Entry
			for range rapid.IntRange(1, 12).Draw(r, "entries") {
				entries = append(entries, anything(r))
			}
			if _, err := h.archive.Append(t.Context(), workspace, entries, nil); err != nil {
				r.Fatal(err)
			}
			if rapid.Bool().Draw(r, "settle") {
				h.archive.Settle(t.Context())
			}
		}
		if key := anything(r).Post.Key(); rapid.Bool().Draw(r, "erase") {
			if _, err := h.archive.Erase(t.Context(), workspace, []hearth.Key{key}, "asked to"); err != nil {
				r.Fatal(err)
			}
		}
		if err := h.archive.Settle(t.Context()); err != nil {
			r.Fatal(err)
		}
		h.settle()
		differences, err := h.monitors.Recount(t.Context(), workspace)
		if err != nil {
			r.Fatal(err)
		}
		for _, d := range differences {
			r.Error(d)
		}
	})
	before := h.dump()
	if err := h.monitors.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	if after := h.dump(); after != before {
		t.Errorf("a rebuild gives other tables:\n%s", firstDifference(before, after))
	}
	stop()
}

// anything is something that may happen to one of a few posts of a few authors.
func anything(r *rapid.T) archive.Entry {
	op := rapid.SampledFrom([]archive.Op{
		archive.Create, archive.Create, archive.Create, archive.Update, archive.Update, archive.Delete,
		archive.HideAuthor, archive.ShowAuthor, archive.DeleteAuthor,
	}).Draw(r, "op")
	author := rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(r, "author")
	id := fmt.Sprintf("%s%d", author, rapid.IntRange(1, 4).Draw(r, "id"))
	if op >= archive.HideAuthor {
		return entry(op, "", author, "")
	}
	e := entry(op, id, author, rapid.SampledFrom([]string{"pie", "cake"}).Draw(r, "words"))
	if op == archive.Update {
		n := rapid.IntRange(0, 3).Draw(r, "revision")
		e.Revision, e.At = fmt.Sprint(n), noon.Add(time.Duration(n)*time.Second)
	}
	e.Post.Published = noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(r, "hours")) * time.Hour)
	e.Post.Sentiment = rapid.SampledFrom([]hearth.Sentiment{"", hearth.Positive, hearth.Negative}).Draw(r, "sentiment")
	e.Post.Intent = rapid.SampledFrom([][]hearth.Intent{nil, {hearth.Praise}, {hearth.Complaint, hearth.Asking}}).Draw(r, "intent")
	e.Post.Lang = rapid.SampledFrom([]string{"", "en", "FI-fi", "not a language"}).Draw(r, "lang")
	e.Monitors = rapid.SampledFrom([][]hearth.MonitorID{nil, {1}, {2}, {1, 2, 3}}).Draw(r, "monitors")
	return e
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return fmt.Sprintf("%q\n%q", x[i], y[min(i, len(y)-1)])
		}
	}
	return fmt.Sprintf("%d lines more", len(y)-len(x))
}

// A row that could not be counted is a dead letter; given again after the post
// was edited, it must not count beside its successor.
func TestADeadLetterGivenAgainCountsOnlyIfItStillStands(t *testing.T) {
	t.Parallel()
	h := open(t)
	consumer, err := h.monitors.Consumer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	results := h.arrive(post("a", "pie"), post("b", "pie"), edit(1, "a", "cake"), entry(archive.HideAuthor, "", "ann", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows []archive.Stored
	err = h.archive.ReadLog(t.Context(), 0, 0, 1000, func(s *archive.Stored) error {
		rows = append(rows, *s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	apply := func(rows ...archive.Stored) {
		t.Helper()
		if err := h.store.Write(t.Context(), func(tx *db.Tx) error { return consumer.Apply(t.Context(), tx, rows) }); err != nil {
			t.Fatal(err)
		}
	}
	apply(rows[2:]...) // the first two failed
	late, err := h.archive.BySeq(t.Context(), here, []hearth.Seq{results[0].Seq, results[1].Seq})
	if err != nil || len(late) != 2 {
		t.Fatal(len(late), err)
	}
	apply(late[0])
	apply(late[1])
	h.recounted()
	if n := h.total(0); n != 0 {
		t.Errorf("%d posts are counted; all are hidden", n)
	}
	h.arrive(entry(archive.ShowAuthor, "", "ann", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := rows[len(rows)-1].Seq
	rows = rows[:0]
	err = h.archive.ReadLog(t.Context(), 0, last, 1000, func(s *archive.Stored) error {
		rows = append(rows, *s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	apply(rows...)
	h.recounted()
	if n := h.total(0); n != 2 {
		t.Errorf("%d posts are counted, want 2", n)
	}
}
