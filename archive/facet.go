package archive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
	"hearth/query"
)

// Facet is the most frequent values of one field among the posts of a search.
type Facet struct {
	Field  string
	Values []FacetValue // most frequent first, then by value

	// Exact says that all posts were looked at.
	Exact bool

	// If it does not and Sampled is not zero, the numbers are estimates, as those
	// of Counts are. Else these are the newest posts that could be read in the time
	// there was.
	Sampled, Of int
}

// FacetValue is one value and how many posts have it: where that is an estimate,
// between Low and High, else both are the count.
type FacetValue struct {
	Value     string // as the field of the query language compares it; of an author, the id
	Label     string // for people: an author's handle or name, else the value
	Count     int
	Low, High int
}

// FacetFields are the fields that Facets knows.
var FacetFields = []string{"network", "lang", "sentiment", "intent", "is", "author", "hashtag", "link", "tag"}

// facetSigns is the sign of each field's terms, behind the workspace.
var facetSigns = map[string]string{
	"network":   signOf(fieldNetwork),
	"lang":      signOf(fieldLang),
	"sentiment": signOf(fieldSentiment),
	"intent":    signOf(fieldIntent),
	"is":        signOf(fieldKind),
	"author":    signOf(fieldAuthorID),
	"hashtag":   string(signHashtag),
	"link":      signOf(fieldLinkHost),
	"tag":       signOf(fieldTag),
}

func signOf(letter byte) string { return string(signField) + string(letter) }

// maxTop bounds the values of one facet.
const maxTop = 1000

// Facets counts the values of fields among all posts that Search finds, and
// keeps the top most frequent ones of each. What the index knows for certain is
// counted there; else posts are read as Count does.
func (a *Archive) Facets(ctx context.Context, ws hearth.WorkspaceID, s Search, fields []string, top int) ([]Facet, error) {
	for _, f := range fields {
		if _, ok := facetSigns[f]; !ok {
			return nil, hearth.Errorf(hearth.Invalid, "There is no facet %q; there are %s.", f, strings.Join(FacetFields, ", "))
		}
	}
	if top <= 0 || top > maxTop {
		top = maxTop
	}
	s.Cursor, s.Oldest = "", false
	plan, err := s.plan(ws)
	if err != nil {
		return nil, err
	}
	t := &tally{a: a, ws: ws, top: top, begin: string(appendWorkspace(nil, ws))}
	for _, f := range fields {
		t.add(f)
	}
	switch {
	case plan.exact && plan.ids == nil:
		err = t.countIndex(ctx, &s, &plan)
	case s.Exact || plan.ids != nil:
		err = t.countPosts(ctx, &s)
	default:
		err = t.countSample(ctx, &s, &plan)
	}
	if err != nil {
		return nil, fmt.Errorf("counting facets: %w", err)
	}
	return t.list, nil
}

// Groups is the facet of a field that no post says of itself: of gives the value of each
// version in the log that the search finds, "" for none.
func (a *Archive) Groups(ctx context.Context, ws hearth.WorkspaceID, s Search, field string, of func(hearth.Seq) string, top int) (Facet, error) {
	if top <= 0 || top > maxTop {
		top = maxTop
	}
	s.Cursor, s.Oldest = "", false
	plan, err := s.plan(ws)
	if err != nil {
		return Facet{}, err
	}
	t := &tally{a: a, ws: ws, top: top, of: of}
	t.add(field)
	switch {
	case plan.exact && plan.ids == nil:
		err = t.groupIndex(ctx, &plan)
	case s.Exact || plan.ids != nil:
		err = t.countPosts(ctx, &s)
	default:
		err = t.countSample(ctx, &s, &plan)
	}
	if err != nil {
		return Facet{}, fmt.Errorf("counting groups of posts: %w", err)
	}
	return t.list[0], nil
}

// groupIndex counts what the index finds, without reading posts.
func (t *tally) groupIndex(ctx context.Context, p *plan) error {
	return t.a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		clear(t.counts[0])
		take := func(_ int64, seq hearth.Seq) error {
			t.counts[0][t.of(seq)]++
			return nil
		}
		err := error(nil)
		if p.all {
			err = byTime(tx, t.ws, p.within, false, take)
		} else {
			err = byWords(x, p, false, take)
		}
		if err == nil {
			t.finish(0)
		}
		return err
	})
}

// tally counts several fields at once.
type tally struct {
	a      *Archive
	ws     hearth.WorkspaceID
	top    int
	begin  string
	list   []Facet
	counts []map[string]int
	labels map[string]string       // of authors
	of     func(hearth.Seq) string // of Groups: the value of the one field
}

func (t *tally) add(field string) {
	t.list = append(t.list, Facet{Field: field, Exact: true})
	t.counts = append(t.counts, map[string]int{})
}

// Where the index finds at most so many posts in all, and for each window of its
// documents, they are read: going through the terms of a window takes as long as
// reading some posts.
const (
	fewPosts    = 4000
	fewOfWindow = 16
)

// countIndex counts the terms of the fields, or those of the posts if they are few.
func (t *tally) countIndex(ctx context.Context, s *Search, p *plan) error {
	return t.a.indexed(ctx, func(tx *db.Tx, x *index.Index) error {
		expr := p.expr
		if p.all {
			expr = allPosts(t.ws)
		}
		result, err := x.Search(&expr, p.within)
		if err != nil {
			return err
		}
		posts, windows, err := result.Size()
		if err != nil {
			return err
		}
		if posts <= min(fewPosts, windows*fewOfWindow) {
			return t.countFew(tx, result, s, posts)
		}
		for i := range t.list {
			counts := t.counts[i]
			err := x.Facet(result, t.begin+facetSigns[t.list[i].Field], func(value string, n int) error {
				counts[value] += n
				return nil
			})
			if err != nil {
				return err
			}
			t.finish(i)
			if t.list[i].Field != "author" {
				continue
			}
			for k := range t.list[i].Values {
				if err := t.label(tx, x, &t.list[i].Values[k]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// countFew counts in the posts that were found, of which each is one that is meant.
func (t *tally) countFew(tx *db.Tx, result *index.Result, s *Search, posts int) error {
	docs, _, err := result.Sample(posts)
	if err != nil {
		return err
	}
	count := t.reader()
	f := newFetcher(t.a, tx, t.ws, s, func(d *decision) error {
		count(d)
		return nil
	})
	for _, d := range docs {
		if err := f.take(d.Place, hearth.Seq(d.Seq)); err != nil {
			return err
		}
	}
	if err := f.flush(); err != nil {
		return err
	}
	t.finishAll()
	return nil
}

// label finds the handle or name of an author in their newest post.
func (t *tally) label(tx *db.Tx, x *index.Index, v *FacetValue) error {
	result, err := x.Search(&index.Expr{Kind: index.Term, Term: t.begin + signOf(fieldAuthorID) + v.Value}, index.Everything)
	if err != nil {
		return err
	}
	d, ok, err := result.Documents(false).Next()
	if err != nil || !ok {
		return err
	}
	var c content
	if _, err := t.a.load(tx, t.ws, hearth.Seq(d.Seq), &c); err != nil {
		return nil // damaged: the id has to do
	}
	v.Label = labelOf(&c.post.Author)
	return nil
}

func labelOf(a *hearth.Author) string {
	return cmp.Or(a.Handle, a.Name, a.ID)
}

// reader counts in posts that are read: in each that is handed to it.
func (t *tally) reader() func(*decision) {
	if t.of != nil {
		return func(d *decision) { t.counts[0][t.of(d.row.seq)]++ }
	}
	t.labels = map[string]string{}
	var terms index.Terms
	var maker termer
	return func(d *decision) {
		query.AddPost(&d.doc, &d.post)
		maker.post(&terms, t.ws, &d.content, &d.doc)
		for i := range t.list {
			t.countPost(i, d, &terms)
		}
	}
}

// countPosts counts in all posts, the newest first.
func (t *tally) countPosts(ctx context.Context, s *Search) error {
	count := t.reader()
	end, err := t.a.candidates(ctx, t.ws, s, t.a.searchTime, func(d *decision) error {
		if d.holds() {
			count(d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.finishAll()
	for i := range t.list {
		t.list[i].Exact = t.list[i].Exact && end.done
	}
	return nil
}

// countSample counts in a sample, or if candidates are few in all of them.
func (t *tally) countSample(ctx context.Context, s *Search, p *plan) error {
	found, err := t.a.sampled(ctx, t.ws, s, p, nil, t.reader())
	if err != nil {
		return err
	}
	t.finishAll()
	if found.exact() {
		return nil
	}
	for i := range t.list {
		f := &t.list[i]
		f.Exact, f.Sampled, f.Of = false, len(found.looked), found.of
		for k := range f.Values {
			v := &f.Values[k]
			v.Count, v.Low, v.High = estimate(v.Count, f.Sampled, f.Of)
		}
	}
	return nil
}

// finishAll finishes what was counted in posts.
func (t *tally) finishAll() {
	for i := range t.list {
		t.finish(i)
		for k := range t.list[i].Values {
			if v := &t.list[i].Values[k]; t.list[i].Field == "author" {
				v.Label = t.labels[v.Value]
			}
		}
	}
}

// countPost counts the terms that the post has of a field.
func (t *tally) countPost(i int, d *decision, terms *index.Terms) {
	sign := t.begin + facetSigns[t.list[i].Field]
	for k := range terms.Len() {
		value, ok := strings.CutPrefix(string(terms.At(k)), sign)
		if !ok {
			continue
		}
		t.counts[i][value]++
		if t.list[i].Field == "author" && t.labels[value] == "" {
			t.labels[value] = labelOf(&d.post.Author)
		}
	}
}

// finish sorts what was counted of a field and keeps the top.
func (t *tally) finish(i int) {
	f := &t.list[i]
	for value, n := range t.counts[i] {
		if f.Field == "lang" && strings.Contains(value, "-") || value == "" {
			continue // pt-br counts as pt
		}
		if len(value) >= maxTerm {
			f.Exact = false // several values may begin so
		}
		f.Values = append(f.Values, FacetValue{Value: value, Label: value, Count: n, Low: n, High: n})
	}
	slices.SortFunc(f.Values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	f.Values = f.Values[:min(len(f.Values), t.top)]
	if f.Field == "link" {
		for k := range f.Values {
			host := reverseHost(f.Values[k].Value)
			f.Values[k].Value, f.Values[k].Label = host, host
		}
	}
}
