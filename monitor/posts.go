package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/query"
	"hearth/text"
)

// Posts is everything that is stored, for reading: search, counts, facets and
// export. Its verbs ask the archive, or with a monitor the mentions of it.
type Posts struct{ m *Monitors }

// NewPosts reads what the monitors' archive holds.
func NewPosts(m *Monitors) *Posts { return &Posts{m} }

// Selection says which stored posts are meant; the zero value is all of them.
type Selection struct {
	Query    string           // "": everything
	Monitor  hearth.MonitorID // 0: any; else what this monitor caught
	From, To time.Time        // published from (included) to (excluded); zero: no bound

	// Exact has Count and Facets look at every post, as far as they come in the
	// time there is, where they would judge by a sample.
	Exact bool
}

// PostPage is one page of posts.
type PostPage struct {
	Posts   []archive.Hit
	Next    string // "": there is no further page
	Partial bool   // time ran out before the page was full; Next goes on from there
}

// PageSearch asks for one page of a selection.
type PageSearch struct {
	Selection
	Limit  int    // 0: 50; at most 1,000
	Cursor string // Next of the page before
	Oldest bool   // oldest first; not with a monitor
}

// Search gives one page, the newest first unless asked otherwise. A page may be
// shorter than asked for and still have a next one.
func (p *Posts) Search(ctx context.Context, by access.Actor, s PageSearch) (page PostPage, err error) {
	search, sees, err := p.prepare(ctx, by, &s.Selection)
	if err != nil {
		return page, err
	}
	search.Limit, search.Cursor, search.Oldest = pageLimit(s.Limit), s.Cursor, s.Oldest
	if s.Monitor != 0 {
		return p.searchMentions(ctx, by, &s, search.Query)
	}
	found, err := p.m.o.Archive.Search(ctx, by.Workspace, search)
	for i := range found.Posts {
		found.Posts[i].Monitors = sees.only(found.Posts[i].Monitors)
	}
	return PostPage{Posts: found.Posts, Next: found.Next, Partial: found.Partial}, err
}

// Get gives one post as it is now. Missing, deleted and hidden are the same
// NotFound error.
func (p *Posts) Get(ctx context.Context, by access.Actor, key hearth.Key) (archive.Stored, error) {
	sees, err := p.m.sight(ctx, by)
	if err != nil {
		return archive.Stored{}, err
	}
	s, err := p.m.o.Archive.Get(ctx, by.Workspace, key)
	if err == nil && !s.Hidden {
		var visible bool
		if visible, err = p.m.visible(ctx, by.Workspace, &sees, s); err == nil && !visible {
			s.Hidden = true
		}
	}
	if err == nil && s.Hidden {
		err = hearth.Errorf(hearth.NotFound, "There is no such post.")
	}
	if err != nil {
		return archive.Stored{}, err
	}
	return *s, nil
}

// See leaves of stored posts those that the actor sees, and of each what they may know
// of it. Hidden and erased ones are not seen.
func (p *Posts) See(ctx context.Context, by access.Actor, rows []archive.Stored) (seen []archive.Stored, err error) {
	sees, err := p.m.sight(ctx, by)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		one := rows[i]
		if one.Hidden || one.Erased {
			continue
		}
		visible, err := p.m.visible(ctx, by.Workspace, &sees, &one)
		if err != nil {
			return nil, err
		}
		if visible {
			seen = append(seen, one)
		}
	}
	return seen, nil
}

// Count counts a selection in intervals; 0 gives the total only.
func (p *Posts) Count(ctx context.Context, by access.Actor, s Selection, interval time.Duration) (counts archive.Counts, err error) {
	search, _, err := p.prepare(ctx, by, &s)
	if err != nil {
		return counts, err
	}
	if s.Monitor == 0 {
		return p.m.o.Archive.Count(ctx, by.Workspace, search, interval)
	}
	return p.countMentions(ctx, by, &s, search.Query, interval)
}

// facetFields are the fields that Facets knows.
func (p *Posts) facetFields() []string {
	names := slices.Concat(archive.FacetFields, slices.Sorted(maps.Keys(split)), slices.Sorted(maps.Keys(apart)))
	if topic := string(query.FieldTopic); p.m.sorter(topic) != nil {
		names = append(names, topic)
	}
	return names
}

// Facets gives the most frequent values of fields in a selection: archive.FacetFields, bot,
// copies, corrected, spam and topic. With a monitor they are those of the posts that its
// query selects as it is now.
func (p *Posts) Facets(ctx context.Context, by access.Actor, s Selection, fields []string, top int) ([]archive.Facet, error) {
	search, _, err := p.prepare(ctx, by, &s)
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if known := p.facetFields(); !slices.Contains(known, f) {
			return nil, hearth.Errorf(hearth.Invalid, "There is no facet %q; there are %s.", f, strings.Join(known, ", "))
		}
	}
	if asked := search.Query; s.Monitor != 0 {
		mon, err := p.m.Get(ctx, by, s.Monitor)
		if err != nil {
			return nil, err
		}
		caught, err := p.m.parse(by.Workspace, mon.Canonical)
		if err != nil {
			return nil, err
		}
		if search.Query = caught; s.Query != "" {
			search.Query = both(caught, asked)
		}
	}
	rest := slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return countedValues(f) != nil || p.m.sorter(f) != nil })
	list, err := p.m.o.Archive.Facets(ctx, by.Workspace, search, rest, top)
	if err != nil {
		return list, err
	}
	for _, f := range fields {
		var found archive.Facet
		switch values, sorter := countedValues(f), p.m.sorter(f); {
		case values != nil:
			found, err = p.splitFacet(ctx, by, search, f, values)
		case sorter != nil:
			found, err = p.sortedFacet(ctx, by, search, f, sorter, top)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, found)
	}
	return list, nil
}

// sortedFacet counts the posts of each value that somebody sorted them by.
func (p *Posts) sortedFacet(ctx context.Context, by access.Actor, search archive.Search, field string, sorter Sorter, top int) (archive.Facet, error) {
	sorted, err := sorter(ctx, by, search.From, search.To)
	if err != nil {
		return archive.Facet{}, err
	}
	within := search.Query
	search.Query = &query.Query{Root: query.Field{Name: query.FieldName(field), Values: []query.Value{query.RowsValue{Rows: sorted.Rows}}}}
	if within != nil {
		search.Query = both(within, search.Query)
	}
	f, err := p.m.o.Archive.Groups(ctx, by.Workspace, search, field, sorted.Of, top)
	for i := range f.Values {
		f.Values[i].Label = sorted.Label(f.Values[i].Value)
	}
	return f, err
}

// split are the facets of what no post says of itself, and their values: the last one
// is of all posts that have none of the others.
var split = map[string][]string{
	string(query.FieldBot):    {query.Declared, query.Likely, query.Possible, query.Unlikely},
	string(query.FieldCopies): {"yes", "no"},
}

// apart are further facets whose values are counted one by one: a post may have
// several of them, or none.
var apart = map[string][]string{
	string(query.FieldSpam):      {"true", "false"},
	string(query.FieldCorrected): {"yes", "lang", "sentiment", "intent", "spam"},
}

// countedValues are the values of a facet that are counted one by one, if it is one of split
// or apart.
func countedValues(facet string) []string {
	if values := split[facet]; values != nil {
		return values
	}
	return apart[facet]
}

// splitFacet counts the posts of each value.
func (p *Posts) splitFacet(ctx context.Context, by access.Actor, search archive.Search, field string, values []string) (archive.Facet, error) {
	f := archive.Facet{Field: field, Exact: true}
	within := search.Query
	count := func(text string) (archive.Counts, error) {
		search.Query = within
		if text != "" {
			q, err := p.m.ask(ctx, by, text, search.From, search.To)
			if err != nil {
				return archive.Counts{}, err
			}
			if search.Query = q; within != nil {
				search.Query = both(within, q)
			}
		}
		return p.m.o.Archive.Count(ctx, by.Workspace, search, 0)
	}
	var counts archive.Counts
	for i, value := range values {
		var err error
		if i < len(values)-1 || apart[field] != nil {
			counts, err = count(field + ":" + value)
		} else {
			counts, err = countRest(count, field, values, counts)
		}
		if err != nil {
			return f, err
		}
		f.Exact = f.Exact && counts.Exact
		f.Sampled, f.Of = max(f.Sampled, counts.Sampled), max(f.Of, counts.Of)
		if counts.Total > 0 {
			f.Values = append(f.Values, archive.FacetValue{Value: value, Label: value, Count: counts.Total, Low: counts.Low, High: counts.High})
		}
	}
	slices.SortStableFunc(f.Values, func(a, b archive.FacetValue) int { return cmp.Compare(b.Count, a.Count) })
	return f, nil
}

// countRest counts the posts of the last value: all without those of the others, where
// the index knows both; else it would have to read each. others is those of the value
// before, which may be the only other one.
func countRest(count func(text string) (archive.Counts, error), field string, values []string, others archive.Counts) (archive.Counts, error) {
	last := len(values) - 1
	all, err := count("")
	if err == nil && last > 1 {
		others, err = count(field + ":(" + strings.Join(values[:last], " OR ") + ")")
	}
	if err != nil {
		return all, err
	}
	if !all.Exact || !others.Exact {
		return count(field + ":" + values[last])
	}
	n := all.Total - others.Total
	return archive.Counts{Total: n, Exact: true, Low: n, High: n}, nil
}

// Export calls each with every post of a selection, in a stable order. The
// post is valid until each returns.
func (p *Posts) Export(ctx context.Context, by access.Actor, s Selection, each func(*archive.Stored) error) error {
	search, sees, err := p.prepare(ctx, by, &s)
	if err != nil {
		return err
	}
	what := struct {
		Query   string           `json:"query,omitempty"`
		Monitor hearth.MonitorID `json:"monitor,omitempty"`
		From    time.Time        `json:"from,omitzero"`
		To      time.Time        `json:"to,omitzero"`
	}{s.Query, s.Monitor, s.From, s.To}
	err = access.NoteClaimed(ctx, p.m.o.State, p.m.o.Clock(), by, access.Action{
		Area: access.AreaExports, Verb: "posts.export", Object: access.Of("workspace", by.Workspace), Needs: access.ReadPosts, Now: what, Bound: s,
	})
	if err != nil {
		return err
	}
	if s.Monitor == 0 {
		return p.m.o.Archive.Export(ctx, by.Workspace, search, func(post *archive.Stored) error {
			post.Monitors = sees.only(post.Monitors)
			return each(post)
		})
	}
	return p.eachMention(ctx, by, &s, search.Query, func(h *archive.Hit) error { return each(&h.Stored) })
}

// Within is a selection cut to what the actor sees, for what goes on without them.
func (p *Posts) Within(ctx context.Context, s Selection, by access.Actor) (Selection, error) {
	search, sees, err := p.prepare(ctx, by, &s)
	if err == nil && !sees.whole && s.Monitor == 0 {
		if search.Query.Uses(query.FieldCopies) { // who goes on counts the copies that others see
			return s, &hearth.Error{Code: hearth.Invalid, Field: "query", Message: "Copies are counted among the posts you see, which work that goes on without you cannot do; narrow the posts by other fields than copies."}
		}
		s.Query = search.Query.String()
	}
	return s, err
}

// prepare checks the permission and the query, and leaves out what the actor does
// not see.
func (p *Posts) prepare(ctx context.Context, by access.Actor, s *Selection) (search archive.Search, sees sight, err error) {
	sees, err = p.m.sight(ctx, by)
	if err != nil {
		return search, sees, err
	}
	search.From, search.To, search.Exact = s.From, s.To, s.Exact
	if s.Query != "" {
		if search.Query, err = p.m.ask(ctx, by, s.Query, s.From, s.To); err != nil {
			return search, sees, err
		}
	}
	if s.Monitor != 0 {
		_, err = p.m.Get(ctx, by, s.Monitor) // what it caught is sees with it
	} else {
		search.Query = sees.and(search.Query)
	}
	return search, sees, err
}

// searchMentions pages through the mentions of a monitor until a page is full.
func (p *Posts) searchMentions(ctx context.Context, by access.Actor, s *PageSearch, q *query.Query) (page PostPage, err error) {
	if s.Oldest {
		return page, &hearth.Error{Code: hearth.Invalid, Field: "oldest", Message: "Mentions of a monitor come newest first."}
	}
	limit := pageLimit(s.Limit)
	mark := q
	if mark == nil {
		if mark, err = p.queryOf(ctx, by, s.Monitor); err != nil {
			return page, err
		}
	}
	page.Next = s.Cursor
	for looked := 0; looked < mostLooked && len(page.Posts) == 0; {
		found, err := p.m.Mentions(ctx, by, MentionSearch{Monitor: s.Monitor, From: s.From, To: s.To, Limit: limit, Cursor: page.Next})
		if err != nil {
			return page, err
		}
		looked += limit
		page.Next = found.Next
		for i := range found.Mentions {
			if hit, ok := hitOf(&found.Mentions[i], q, mark); ok {
				page.Posts = append(page.Posts, hit)
			}
		}
		if page.Next == "" {
			break
		}
	}
	return page, nil
}

// mostLooked is how many mentions one request looks at.
const mostLooked = 20_000

// queryOf is a monitor's query as it is now, nil if it is not sound any more.
func (p *Posts) queryOf(ctx context.Context, by access.Actor, id hearth.MonitorID) (*query.Query, error) {
	mon, err := p.m.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	q, _ := p.m.Parse(by.Workspace, mon.Query)
	return q, nil
}

// hitOf is a mention that q selects, with the words of mark.
func hitOf(m *Mention, q, mark *query.Query) (archive.Hit, bool) {
	var doc text.Doc
	query.AddPost(&doc, &m.Post)
	if q != nil && !q.MatchStored(m.Seq, &m.Post, &doc) {
		return archive.Hit{}, false
	}
	hit := archive.Hit{Stored: archive.Stored{Seq: m.Seq, Post: m.Post, Monitors: m.Monitors, Source: m.Source, Received: m.Received}}
	if mark != nil {
		hit.Highlights = mark.Highlights(&m.Post, &doc)
	}
	return hit, true
}

func (p *Posts) eachMention(ctx context.Context, by access.Actor, s *Selection, q *query.Query, each func(*archive.Hit) error) error {
	search := PageSearch{Selection: *s, Limit: 1000}
	for {
		page, err := p.searchMentions(ctx, by, &search, q)
		if err != nil {
			return err
		}
		for i := range page.Posts {
			if err := each(&page.Posts[i]); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		search.Cursor = page.Next
	}
}

func (p *Posts) countMentions(ctx context.Context, by access.Actor, s *Selection, q *query.Query, interval time.Duration) (counts archive.Counts, err error) {
	counts.Exact = true
	var last time.Time
	err = p.eachMention(ctx, by, s, q, func(h *archive.Hit) error {
		counts.Total++
		if interval <= 0 {
			return nil
		}
		if start := timeOf(&h.Stored).Truncate(interval); !start.Equal(last) || len(counts.Buckets) == 0 {
			last = start
			counts.Buckets = append(counts.Buckets, archive.Bucket{Start: start})
		}
		counts.Buckets[len(counts.Buckets)-1].Count++
		return nil
	})
	counts.Low, counts.High = counts.Total, counts.Total
	slices.Reverse(counts.Buckets)
	for i := range counts.Buckets {
		b := &counts.Buckets[i]
		b.Low, b.High = b.Count, b.Count
	}
	return counts, err
}
