package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor"
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
		for range rapid.IntRange(0, 4).Draw(r, "annotations") {
			note := rapid.SampledFrom([]archive.Note{
				{Field: archive.TagField, Value: "vip"}, {Field: archive.TagField, Value: "late"},
				{Field: archive.SentimentField, Value: "neutral"}, {Field: archive.SentimentField, Value: "negative"}, {Field: archive.SentimentField},
				{Field: archive.LangField, Value: "de"}, {Field: archive.LangField, Value: archive.NoLanguage},
				{Field: archive.IntentField, Value: "complaint praise"}, {Field: archive.IntentField, Value: archive.NoIntent}, {Field: archive.SpamField, Value: "true"},
			}).Draw(r, "note")
			posts := []archive.Notes{{Key: anything(r).Post.Key(), Notes: []archive.Note{note}}}
			by := archive.Author{User: 1, Run: rapid.Int64Range(1, 2).Draw(r, "run")}
			catch := func(*db.Tx, *archive.Annotated) ([]hearth.MonitorID, error) { return []hearth.MonitorID{2, 4}, nil }
			if _, err := h.archive.Annotate(t.Context(), workspace, posts, by, catch, nil); err != nil {
				r.Fatal(err)
			}
		}
		if rapid.Bool().Draw(r, "undo") {
			if _, err := h.archive.UndoRun(t.Context(), workspace, 1, 1, nil); err != nil {
				r.Fatal(err)
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
	e := entry(op, id, author, rapid.SampledFrom([]string{"pie", "cake", "#Pie with #cake", "#кофе"}).Draw(r, "words"))
	e.Post.Hashtags = rapid.SampledFrom([][]string{nil, {"PIE"}, {"café", "tea"}}).Draw(r, "hashtags")
	e.Post.Links = rapid.SampledFrom([][]string{nil, {"https://example.com/a"}, {"http://www.example.com/a/", "https://example.org"}}).Draw(r, "links")
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

// proves I41: what is not so is found while posts arrive, and nothing else.
func TestTheDailyRecountFindsWhatIsWrongWhilePostsArrive(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.crowd(120)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ctx.Err() == nil; i++ {
			e := at(post(fmt.Sprint("more", i), "pie #more"), noon.Add(time.Duration(i)*time.Second))
			if _, err := h.archive.Append(ctx, here, []archive.Entry{e}, nil); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}()
	for range 3 {
		if wrong, err := h.monitors.Verify(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("%v, %v", wrong, err)
		}
	}
	stop()
	<-ended
	h.settle()
	err := h.store.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE tile SET counts = (SELECT counts FROM tile WHERE workspace_id = 1 AND monitor_id = 0 ORDER BY length(counts) DESC LIMIT 1)
			WHERE workspace_id = 1 AND monitor_id = 1 AND start = (SELECT min(start) FROM tile WHERE workspace_id = 1 AND monitor_id = 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if wrong, err := h.monitors.Verify(t.Context()); err != nil || len(wrong) == 0 {
		t.Errorf("a false tile was not found: %v, %v", wrong, err)
	}
}

// proves I39 for names: with an author's last post the name is gone, too.
func TestAnErasedAuthorLeavesNoName(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.run()
	h.listen("pie")
	ann := post("a", "pie #hers")
	ann.Post.Author.Handle = "ann.example"
	h.arrive(ann, entry(archive.Create, "b", "bob", "pie #his"))
	h.settle()
	if !strings.Contains(h.dump(), "hers") {
		t.Fatal("the name was not there before")
	}
	h.arrive(entry(archive.DeleteAuthor, "", "ann", ""))
	if err := h.archive.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.settle()
	dump := h.dump()
	for _, gone := range []string{"ann", "hers"} {
		if strings.Contains(dump, gone) {
			t.Errorf("%q is still there:\n%s", gone, dump)
		}
	}
	if !strings.Contains(dump, "bob") || !strings.Contains(dump, "his") {
		t.Errorf("others' names are gone:\n%s", dump)
	}
	h.recounted()
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
	results := h.arrive(post("a", "pie"), post("b", "pie"), entry(archive.Create, "c", "bob", "pie"),
		edit(1, "a", "cake"), entry(archive.HideAuthor, "", "ann", ""))
	again := entry(archive.Update, "c", "bob", "cake")
	again.Revision = "r"
	h.arrive(again)
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
	apply(rows[3:]...) // the first three failed
	late, err := h.archive.BySeq(t.Context(), here, []hearth.Seq{results[0].Seq, results[1].Seq, results[2].Seq})
	if err != nil || len(late) != 3 {
		t.Fatal(len(late), err)
	}
	for _, row := range late {
		apply(row)
	}
	h.recounted()
	if n := h.total(0); n != 1 {
		t.Errorf("%d posts are counted; all but one are hidden", n)
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
	if n := h.total(0); n != 3 {
		t.Errorf("%d posts are counted, want 3", n)
	}
}

// A transaction that is rolled back takes what it made with it.
func TestAFailedBatchLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	h := open(t)
	consumer, err := h.monitors.Consumer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.arrive(post("a", "pie"))
	trouble := errors.New("the disk is full")
	for _, fails := range []error{trouble, nil} {
		err := h.archive.ReadLog(t.Context(), 0, 0, 10, func(s *archive.Stored) error {
			rows := []archive.Stored{*s}
			return h.store.Write(t.Context(), func(tx *db.Tx) error {
				if err := consumer.Apply(t.Context(), tx, rows); err != nil {
					return err
				}
				return fails
			})
		})
		if !errors.Is(err, fails) {
			t.Fatal(err)
		}
	}
	h.recounted()
	if c, err := h.monitors.Count(t.Context(), owner, monitor.CountSearch{By: monitor.ByNetwork}); err != nil || len(c.Buckets) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

// Whatever range and interval is asked for, the answer is the sum of the posts
// in its hours.
func TestEveryRangeIsTheSumOfItsHours(t *testing.T) {
	t.Parallel()
	h := open(t)
	stop := h.run()
	dice := rand.New(rand.NewPCG(8, 9))
	begin := time.Date(1969, 12, 29, 5, 0, 0, 0, time.UTC)
	var entries []archive.Entry
	var times []time.Time
	for i := range 400 {
		times = append(times, begin.Add(time.Duration(dice.IntN(6*24*60))*time.Minute))
		entries = append(entries, at(post(fmt.Sprint("p", i), "pie"), times[i]))
	}
	h.arrive(entries...)
	h.settle()
	stop()
	h.recounted()
	rapid.Check(t, func(r *rapid.T) {
		hour := func(name string) time.Time {
			return begin.Add(time.Duration(rapid.IntRange(-10, 160).Draw(r, name)) * time.Hour)
		}
		s := monitor.CountSearch{
			Interval: rapid.SampledFrom([]monitor.Interval{monitor.Whole, monitor.Hour, monitor.Day, monitor.Week}).Draw(r, "interval"),
			By:       rapid.SampledFrom([]monitor.Dimension{monitor.ByNothing, monitor.ByNetwork, monitor.ByIntent}).Draw(r, "by"),
			Zone:     rapid.SampledFrom([]*time.Location{nil, time.FixedZone("east", 2*3600), time.FixedZone("west", -5*3600)}).Draw(r, "zone"),
		}
		if rapid.Bool().Draw(r, "bounded below") {
			s.From = hour("from")
		}
		if rapid.Bool().Draw(r, "bounded above") {
			s.To = hour("to")
		}
		zone := s.Zone
		if zone == nil {
			zone = time.UTC
		}
		want := map[time.Time]int64{}
		total := int64(0)
		for _, at := range times {
			if !s.From.IsZero() && at.Before(s.From) || !s.To.IsZero() && !at.Before(s.To) {
				continue
			}
			total++
			want[beginning(s.Interval, at.In(zone))]++
		}
		got, err := h.monitors.Count(t.Context(), owner, s)
		if err != nil {
			r.Fatal(err)
		}
		if got.Total != total {
			r.Fatalf("%d in all, want %d", got.Total, total)
		}
		if s.Interval == monitor.Whole && s.By == monitor.ByNothing {
			return
		}
		if len(got.Buckets) != len(want) {
			r.Fatalf("%d buckets, want %d", len(got.Buckets), len(want))
		}
		for _, b := range got.Buckets {
			if want[b.Start] != b.Posts {
				r.Fatalf("%v holds %d, want %d", b.Start, b.Posts, want[b.Start])
			}
		}
	})
}

func beginning(i monitor.Interval, t time.Time) time.Time {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	switch i {
	case monitor.Hour:
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, t.Location())
	case monitor.Day:
		return midnight
	case monitor.Week:
		for midnight.Weekday() != time.Monday {
			midnight = midnight.AddDate(0, 0, -1)
		}
		return midnight
	}
	return time.Time{}
}
