package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/monitor"
)

// crowd stores posts of some weeks with everything that charts count by, in
// random order, and a monitor that found a part of them later.
func (h *house) crowd(posts int) (pie, late hearth.MonitorID) {
	h.t.Helper()
	pie = h.listen("pie")[0]
	dice := rand.New(rand.NewPCG(3, 4))
	begin := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC) // clocks change on the 25th
	var entries []archive.Entry
	for i := range posts {
		words := []string{"pie", "pie and cake", "cake", "cake #Torte", "pie #torte #Café"}[dice.IntN(5)]
		e := at(entry(archive.Create, fmt.Sprint("p", i), fmt.Sprint("author", dice.IntN(12)), words), begin.Add(time.Duration(dice.IntN(28*24*60))*time.Minute))
		e.Post.Author.Handle = e.Post.Author.ID + ".example"
		e.Post.Network = []string{"bluesky", "mastodon", "mail"}[dice.IntN(3)]
		e.Post.Lang = []string{"", "en", "pt-BR", "pt", "fi", "de"}[dice.IntN(6)]
		e.Post.Sentiment = []hearth.Sentiment{"", hearth.Positive, hearth.Negative, hearth.Neutral}[dice.IntN(4)]
		e.Post.Intent = [][]hearth.Intent{nil, {hearth.Praise}, {hearth.Complaint, hearth.Asking}}[dice.IntN(3)]
		if dice.IntN(3) == 0 {
			e.Post.InReplyTo = "above"
		}
		e.Post.Links = [][]string{nil, {"https://www.example.com/a/"}, {"http://example.com/a", "https://example.com/a?b=1"}, {"https://shop.example.org/x#y"}}[dice.IntN(4)]
		entries = append(entries, e)
	}
	h.arrive(entries...)
	late = h.listen("cake")[0]
	h.run()
	h.settle()
	return pie, late
}

// found is how many posts a search gives, page by page.
func (h *house) found(s monitor.Selection) (n int64) {
	h.t.Helper()
	err := monitor.NewPosts(h.monitors).Export(h.t.Context(), owner, s, func(*archive.Stored) error { n++; return nil })
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// proves that any bar leads to its posts: the search by a line's query, between
// the bar's ends, finds as many as the bar says.
func TestEveryBarLeadsToAsManyPostsAsItShows(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, late := h.crowd(250)
	charts := monitor.NewCharts(h.monitors)
	var zones []*time.Location
	for _, name := range []string{"UTC", "Europe/Helsinki", "Asia/Kathmandu", "America/St_Johns"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(r *rapid.T) {
		s := monitor.SeriesSearch{
			Monitors: rapid.SampledFrom([][]hearth.MonitorID{nil, {pie}, {late}, {late, pie}}).Draw(r, "monitors"),
			Step:     rapid.SampledFrom([]monitor.Interval{monitor.Whole, monitor.Hour, monitor.Day, monitor.Week, monitor.Month, monitor.Quarter}).Draw(r, "step"),
			Split: rapid.SampledFrom([]monitor.Dimension{monitor.ByNothing, monitor.ByNetwork, monitor.ByLanguage, monitor.BySentiment,
				monitor.ByIntent, monitor.ByKind}).Draw(r, "split"),
			Top:    rapid.IntRange(1, 6).Draw(r, "top"),
			Zone:   rapid.SampledFrom(zones).Draw(r, "zone"),
			Query:  rapid.SampledFrom([]string{"", "lang:pt OR network:mail", "NOT sentiment:negative AND is:original", "torte", "link:example.com/a lang:pt"}).Draw(r, "query"),
			Before: true,
		}
		if rapid.Bool().Draw(r, "bounded") {
			s.From = noon.AddDate(0, 0, -rapid.IntRange(1, 30).Draw(r, "days")).Add(time.Duration(rapid.IntRange(0, 95).Draw(r, "quarters")) * 15 * time.Minute)
			s.To = s.From.Add(time.Duration(rapid.IntRange(1, 400).Draw(r, "hours")) * time.Hour)
		}
		got, err := charts.Series(t.Context(), owner, s)
		if err != nil {
			r.Fatal(err)
		}
		if !got.Exact {
			r.Fatal("the index knows all of these for certain")
		}
		if s.Split == monitor.ByNothing && len(got.Lines) != max(1, len(s.Monitors)) {
			r.Fatalf("%d lines of %d monitors", len(got.Lines), len(s.Monitors))
		}
		for _, l := range got.Lines {
			if rapid.IntRange(0, 2).Draw(r, "look") > 0 {
				continue
			}
			if len(l.Points) != len(got.Starts) {
				r.Fatalf("%d points, %d steps", len(l.Points), len(got.Starts))
			}
			if l.Rest && s.Split == monitor.ByIntent {
				continue // counts a post once for each of its intents
			}
			search := func(from, to time.Time) int64 {
				return h.found(monitor.Selection{Query: l.Query, Monitor: l.Monitor, From: from, To: to})
			}
			if n := search(got.From, got.To); n != l.Total {
				r.Fatalf("line %q (%s): %d posts, the search finds %d", l.Value, l.Query, l.Total, n)
			}
			if n := search(got.From.Add(-got.To.Sub(got.From)), got.From); n != l.Before {
				r.Fatalf("line %q (%s) before: %d posts, the search finds %d", l.Value, l.Query, l.Before, n)
			}
			i := rapid.IntRange(0, len(got.Starts)-1).Draw(r, "bar")
			from, to := got.Starts[i], got.To
			if from.Before(got.From) {
				from = got.From
			}
			if i+1 < len(got.Starts) {
				to = got.Starts[i+1]
			}
			if n := search(from, to); n != l.Points[i] {
				r.Fatalf("line %q (%s), %v to %v: %d posts, the search finds %d", l.Value, l.Query, from, to, l.Points[i], n)
			}
		}
	})
}

// proves that what is read beside the lines is what each split by itself shows.
func TestSplitsBesideTheLinesAreThoseOfChartsOfTheirOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, late := h.crowd(250)
	charts := monitor.NewCharts(h.monitors)
	splits := []monitor.Dimension{monitor.ByNetwork, monitor.ByLanguage, monitor.BySentiment, monitor.ByIntent, monitor.ByKind}
	rapid.Check(t, func(r *rapid.T) {
		s := monitor.SeriesSearch{
			Monitors: rapid.SampledFrom([][]hearth.MonitorID{nil, {pie}, {late}}).Draw(r, "monitors"),
			Step:     rapid.SampledFrom([]monitor.Interval{monitor.Whole, monitor.Hour, monitor.Day, monitor.Quarter}).Draw(r, "step"),
			Split:    rapid.SampledFrom(append(splits, monitor.ByNothing)).Draw(r, "split"),
			Top:      rapid.IntRange(1, 6).Draw(r, "top"),
			Query:    rapid.SampledFrom([]string{"", "lang:pt OR network:mail", "NOT sentiment:negative AND is:original"}).Draw(r, "query"),
			Before:   rapid.Bool().Draw(r, "before"),
			From:     noon.AddDate(0, 0, -rapid.IntRange(1, 30).Draw(r, "days")),
			Beside:   rapid.SliceOfN(rapid.SampledFrom(splits), 1, 5).Draw(r, "beside"),
		}
		got, err := charts.Series(t.Context(), owner, s)
		if err != nil || len(got.Beside) != len(s.Beside) {
			r.Fatal(len(got.Beside), err)
		}
		for i, by := range s.Beside {
			alone := s
			alone.Split, alone.Step, alone.Beside, alone.Before = by, monitor.Whole, nil, false
			want, err := charts.Series(t.Context(), owner, alone)
			if err != nil {
				r.Fatal(err)
			}
			for k := range want.Lines {
				want.Lines[k].Points = nil
			}
			for k := range got.Beside[i] {
				got.Beside[i][k].Points = nil
			}
			if fmt.Sprintf("%+v", got.Beside[i]) != fmt.Sprintf("%+v", want.Lines) {
				r.Fatalf("by %s beside: %+v, alone: %+v", by, got.Beside[i], want.Lines)
			}
		}
	})
}

// proves that a chart of what must be read is judged by a sample and says so, and
// that all is read on request.
func TestAChartOfManyPostsIsJudgedByASampleThatSaysHowSureItIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	const posts = 3000 // a sample has 2,000
	var entries []archive.Entry
	truth, dice := int64(0), rand.New(rand.NewPCG(5, 6))
	for i := range posts {
		words := "crust of a pie"
		if dice.IntN(3) == 0 {
			words = "a pie crust"
			truth++
		}
		entries = append(entries, at(entry(archive.Create, fmt.Sprint("p", i), fmt.Sprint("a", i%50), words), noon.Add(-time.Duration(i)*10*time.Minute)))
	}
	h.arrive(entries...)
	h.run()
	h.settle()
	charts := monitor.NewCharts(h.monitors)
	s := monitor.SeriesSearch{Query: `"pie crust"`, Step: monitor.Day, From: noon.AddDate(0, 0, -30), To: noon.Add(time.Hour), Before: true}
	judged, err := charts.Series(t.Context(), owner, s)
	if err != nil || len(judged.Lines) != 1 {
		t.Fatal(judged, err)
	}
	if l := judged.Lines[0]; judged.Exact || !judged.Until.IsZero() || judged.Looked != 2000 || judged.Of != posts ||
		l.Low > truth || l.High < truth || l.Low == l.High || l.Total < l.Low || l.Total > l.High {
		t.Errorf("judged by %d of %d posts: %d, between %d and %d, exact: %v; there are %d", judged.Looked, judged.Of, l.Total, l.Low, l.High, judged.Exact, truth)
	}
	sum := int64(0)
	for _, n := range judged.Lines[0].Points {
		sum += n
	}
	if sum != judged.Lines[0].Total {
		t.Errorf("the points add up to %d, the total is %d", sum, judged.Lines[0].Total)
	}
	s.Exact = true
	exact, err := charts.Series(t.Context(), owner, s)
	if err != nil {
		t.Fatal(err)
	}
	if l := exact.Lines[0]; !exact.Exact || l.Total != truth || l.Low != truth || l.High != truth {
		t.Errorf("all were read: %+v; there are %d", l, truth)
	}
}

func TestWeeksOfAChartBeginOnMondayOfTheViewer(t *testing.T) {
	t.Parallel()
	h := open(t)
	pie, _ := h.crowd(50)
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	s, err := monitor.NewCharts(h.monitors).Series(t.Context(), owner, monitor.SeriesSearch{
		Monitors: []hearth.MonitorID{pie}, Step: monitor.Week, Zone: helsinki, From: noon.AddDate(0, 0, -21), To: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, at := range s.Starts {
		days = append(days, at.Format("Mon 2006-01-02 15:04 -07"))
	}
	equal(t, "weeks", days, "Mon 2026-10-12 00:00 +03", "Mon 2026-10-19 00:00 +03", "Mon 2026-10-26 00:00 +02", "Mon 2026-11-02 00:00 +02")

	counts, err := monitor.NewPosts(h.monitors).Count(t.Context(), owner, monitor.Selection{}, 7*24*time.Hour)
	if err != nil || len(counts.Buckets) == 0 {
		t.Fatal(counts, err)
	}
	for _, b := range counts.Buckets {
		if b.Start.Weekday() != time.Monday {
			t.Errorf("a week begins on %s", b.Start.Format("Monday 2006-01-02"))
		}
	}
}

func TestAChartIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	h := open(t)
	charts := monitor.NewCharts(h.monitors)
	for name, s := range map[string]monitor.SeriesSearch{
		"step": {Step: "fortnight"}, "split": {Split: "mood"}, "query": {Query: "("}, "monitors": {Monitors: make([]hearth.MonitorID, 201)},
		"split beside": {Beside: []monitor.Dimension{"mood"}}, "splits beside two": {Monitors: make([]hearth.MonitorID, 2), Beside: []monitor.Dimension{monitor.ByKind}},
	} {
		_, err := charts.Series(t.Context(), owner, s)
		wantCode(t, name, err, hearth.Invalid)
	}
	_, err := charts.Series(t.Context(), owner, monitor.SeriesSearch{Monitors: []hearth.MonitorID{9}})
	wantCode(t, "a monitor that is not there", err, hearth.NotFound)
	h.listen("pie")
	_, err = charts.Series(t.Context(), access.LocalOwner(here+1), monitor.SeriesSearch{Monitors: []hearth.MonitorID{1}})
	wantCode(t, "another workspace's monitor", err, hearth.NotFound)
	_, err = charts.Series(t.Context(), owner, monitor.SeriesSearch{Step: monitor.Quarter, From: noon.AddDate(-5, 0, 0), To: noon})
	wantCode(t, "too many points", err, hearth.Invalid)
	_, err = charts.Series(t.Context(), access.Limited(here, 1, access.ReadMonitors), monitor.SeriesSearch{Query: "pie"})
	wantCode(t, "counting posts without leave to read them", err, hearth.Denied)
	empty, err := charts.Series(t.Context(), owner, monitor.SeriesSearch{Step: monitor.Day, Monitors: []hearth.MonitorID{1}})
	if err != nil || len(empty.Starts) != 0 || len(empty.Lines) != 1 || !slices.Equal(empty.Lines[0].Points, []int64{}) {
		t.Errorf("a monitor without posts: %+v, %v", empty, err)
	}
}
