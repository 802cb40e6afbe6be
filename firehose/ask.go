package firehose

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"

	"hearth"
	"hearth/archive"
	"hearth/firehose/mix"
	"hearth/query"
)

// StoredReport is how an archive that Fill made answers.
type StoredReport struct {
	Filling    Filling `json:"filling"`
	Processors int     `json:"processors"`
	OpenMs     float64 `json:"open_ms"` // until the first answer, nothing of the file in memory
	Cold       []Asked `json:"cold"`    // first asked so
	Warm       []Asked `json:"warm"`    // asked again
}

// Asked is how long the answers to one kind of question took, one after the
// other. The last of the kinds is all of them together.
type Asked struct {
	Kind      string  `json:"kind"`
	Questions int     `json:"questions"`
	P50       float64 `json:"p50_ms"`
	P90       float64 `json:"p90_ms"`
	P99       float64 `json:"p99_ms"`
	Slowest   float64 `json:"max_ms"`
	Query     string  `json:"slowest"` // of the slowest
	Judged    int     `json:"judged"`  // answers that are estimates, from a sample
	Cut       int     `json:"cut"`     // answers that were not complete when the time was over
	Found     int     `json:"found"`   // posts shown, or counted
}

// Stored fills an archive (see Fill) and asks it what people ask: the newest
// posts, counts by day and facets, of words common and rare, phrases, lists,
// beginnings and filters.
func Stored(ctx context.Context, o StoredOptions) (r StoredReport, err error) {
	r.Processors = runtime.GOMAXPROCS(0)
	if r.Filling, err = Fill(ctx, o); err != nil {
		return r, err
	}
	forget(filepath.Join(o.Dir, ArchiveFile))
	begin := o.Clock()
	_, store, closeStore, err := openArchive(ctx, filepath.Join(o.Dir, ArchiveFile), o.Clock)
	if err != nil {
		return r, err
	}
	defer closeStore()
	if _, err := store.Search(ctx, hearth.DefaultWorkspace, archive.Search{Limit: 1}); err != nil {
		return r, err
	}
	r.OpenMs = ms(o.Clock().Sub(begin))
	questions, err := questions(ctx, store)
	if err != nil {
		return r, err
	}
	for _, into := range []*[]Asked{&r.Cold, &r.Warm} {
		if *into, err = askAll(ctx, o, store, questions); err != nil {
			return r, err
		}
	}
	return r, nil
}

// question is one thing that a person asks.
type question struct {
	kind   string
	source string
	search archive.Search
	days   bool     // count by day instead
	facets []string // count these instead
}

// askedOf is how many posts questions are made of.
const askedOf = 60

// questions are made of stored posts, so that a word is asked for as often as it
// is used, and of the frozen monitors.
func questions(ctx context.Context, store *archive.Archive) (list []question, err error) {
	add := func(kind, source string, change ...func(*archive.Search)) {
		q, problems := query.Parse(source)
		if q == nil {
			err = fmt.Errorf("firehose: %s: %v", source, problems)
			return
		}
		s := archive.Search{Query: q}
		for _, f := range change {
			f(&s)
		}
		list = append(list, question{kind: kind, source: source, search: s})
		list = append(list, question{kind: kind + ", by day", source: source, search: s, days: true})
		list = append(list, question{kind: kind + ", facets", source: source, search: s, facets: []string{"network", "lang", "sentiment", "intent", "is"}})
	}
	week := func(n int) func(*archive.Search) {
		return func(s *archive.Search) {
			s.From = storedUntil.Add(-time.Duration(n+7) * 24 * time.Hour)
			s.To = s.From.Add(7 * 24 * time.Hour)
		}
	}
	posts, err := sample(ctx, store)
	if err != nil {
		return nil, err
	}
	monitors := mix.NewWorld().Monitors(askedOf)
	for i, p := range posts {
		w := words(p.Text)
		if len(w) < 5 {
			continue
		}
		rare := slices.MaxFunc(w, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		add("a word", w[0])
		add("a rare word", rare)
		add("two words", w[1]+" AND "+w[3])
		add("a phrase", `"`+w[2]+" "+w[3]+`"`)
		add("a beginning", w[len(w)-1][:min(4, len(w[len(w)-1]))]+"*")
		add("a monitor", monitors[i%len(monitors)])
		add("with filters", []string{
			w[0] + " AND lang:en AND sentiment:negative", w[1] + " AND has:link", "(" + w[0] + " OR " + w[2] + ") AND is:reply AND NOT " + rare,
			"author:" + p.Author.Handle, w[0] + " AND intent:complaint",
		}[i%5])
		add("in a week", w[0]+" AND "+w[2], week(i%50))
	}
	return list, err
}

// sample is posts spread over the archive that have some words.
func sample(ctx context.Context, store *archive.Archive) (list []hearth.Post, err error) {
	head, err := store.Head(ctx)
	if err != nil {
		return nil, err
	}
	for n := hearth.Seq(7); len(list) < askedOf && n < head; n += max(head/(8*askedOf), 1) {
		rows, err := store.BySeq(ctx, hearth.DefaultWorkspace, []hearth.Seq{n})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if len(words(rows[i].Post.Text)) >= 5 {
				list = append(list, rows[i].Post)
			}
		}
	}
	return list, nil
}

// words are those of a text that can stand in a query as they are.
func words(text string) (list []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "and", "or", "not", "near":
		default:
			if len(w) > 1 && w[0] < 0x80 {
				list = append(list, w)
			}
		}
	}
	return list
}

// askAll asks one after the other.
func askAll(ctx context.Context, o StoredOptions, store *archive.Archive, list []question) ([]Asked, error) {
	type answer struct {
		took time.Duration
		q    *question
	}
	var kinds []string
	answers := map[string][]answer{}
	sums := map[string]*Asked{}
	for i := range list {
		q := &list[i]
		begin := o.Clock()
		found, sure, err := ask(ctx, store, q)
		if err != nil {
			return nil, fmt.Errorf("asking for %s: %w", q.source, err)
		}
		took := o.Clock().Sub(begin)
		for _, kind := range []string{q.kind, "all"} {
			if sums[kind] == nil {
				sums[kind] = &Asked{Kind: kind}
				kinds = append(kinds, kind)
			}
			answers[kind] = append(answers[kind], answer{took, q})
			sums[kind].Found += found
			switch sure {
			case judged:
				sums[kind].Judged++
			case cut:
				sums[kind].Cut++
			}
		}
		if o.Progress != nil && i%100 == 0 {
			o.Progress(Measure{"asking", i, len(list)})
		}
	}
	slices.SortStableFunc(kinds, func(a, b string) int { // all of them last
		switch {
		case a == "all":
			return 1
		case b == "all":
			return -1
		}
		return 0
	})
	var report []Asked
	for _, kind := range kinds {
		a, sum := answers[kind], sums[kind]
		slices.SortFunc(a, func(a, b answer) int { return cmp.Compare(a.took, b.took) })
		n := len(a)
		sum.Questions = n
		sum.P50, sum.P90, sum.P99 = ms(a[n/2].took), ms(a[n*90/100].took), ms(a[n*99/100].took)
		sum.Slowest, sum.Query = ms(a[n-1].took), a[n-1].q.source
		report = append(report, *sum)
	}
	return report, nil
}

// certainty is how much of an answer there is.
type certainty int

const (
	whole  certainty = iota
	judged           // by a sample
	cut              // by time
)

func certaintyOf(exact bool, sampled int) certainty {
	switch {
	case exact:
		return whole
	case sampled > 0:
		return judged
	}
	return cut
}

// ask gives the number found.
func ask(ctx context.Context, store *archive.Archive, q *question) (found int, sure certainty, err error) {
	switch {
	case q.days:
		counts, err := store.Count(ctx, hearth.DefaultWorkspace, q.search, 24*time.Hour)
		return counts.Total, certaintyOf(counts.Exact, counts.Sampled), err
	case q.facets != nil:
		facets, err := store.Facets(ctx, hearth.DefaultWorkspace, q.search, q.facets, 20)
		if err != nil {
			return 0, whole, err
		}
		for _, v := range facets[0].Values {
			found += v.Count
		}
		return found, certaintyOf(facets[0].Exact, facets[0].Sampled), nil
	}
	page, err := store.Search(ctx, hearth.DefaultWorkspace, q.search)
	if page.Partial {
		sure = cut
	}
	return len(page.Posts), sure, err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
