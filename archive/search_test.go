package archive_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/archive"
	"hearth/db/dbtest"
	"hearth/query"
	"hearth/query/querytest"
)

// model is what should be stored: the plain reading of the rules of fold.go.
type model struct {
	posts   map[hearth.Key]*modelPost
	authors map[string]string // hidden, shown, gone
	edits   map[edit]bool     // that counted
}

type edit struct {
	key              hearth.Key
	author, revision string
}

type modelPost struct {
	post     hearth.Post
	monitors []hearth.MonitorID
	dead     bool
	author   string // of the deletion, if dead
}

func newModel() *model {
	return &model{posts: map[hearth.Key]*modelPost{}, authors: map[string]string{}, edits: map[edit]bool{}}
}

func (m *model) apply(e *archive.Entry) {
	p := *e.Post
	author := p.Network + " " + p.Author.ID
	switch e.Op {
	case archive.HideAuthor, archive.ShowAuthor, archive.DeleteAuthor:
		m.applyAuthor(e.Op, author)
		return
	}
	if e.Op != archive.Delete && p.Author.ID != "" && m.authors[author] == "gone" {
		return
	}
	old := m.posts[p.Key()]
	other := func(a, b string) bool { return a != "" && b != "" && a != b }
	fresh := &modelPost{post: p, monitors: e.Monitors}
	switch e.Op {
	case archive.Create:
		if old == nil || old.dead && other(old.author, p.Author.ID) {
			m.posts[p.Key()] = fresh
		}
	case archive.Update:
		if old != nil && p.Author.ID == "" {
			p.Author.ID = old.post.Author.ID
		}
		this := edit{p.Key(), p.Author.ID, e.Revision}
		switch {
		case m.edits[this], old != nil && (old.dead || other(old.post.Author.ID, p.Author.ID)):
			return
		case old == nil:
			m.posts[p.Key()] = fresh
		default:
			old.post, old.monitors = p, e.Monitors
		}
		m.edits[this] = true
	case archive.Delete:
		if old == nil {
			m.posts[p.Key()] = &modelPost{dead: true, author: p.Author.ID}
		} else if !old.dead && !other(old.post.Author.ID, p.Author.ID) {
			old.dead, old.author = true, p.Author.ID
		}
	}
}

func (m *model) applyAuthor(op archive.Op, author string) {
	if m.authors[author] == "gone" {
		return
	}
	m.authors[author] = map[archive.Op]string{archive.HideAuthor: "hidden", archive.ShowAuthor: "shown", archive.DeleteAuthor: "gone"}[op]
	if op != archive.DeleteAuthor {
		return
	}
	for _, p := range m.posts {
		if !p.dead && p.post.Network+" "+p.post.Author.ID == author {
			p.dead, p.author = true, "" // the grave names nobody
		}
	}
}

// find is the keys of the posts that a search should give, sorted.
func (m *model) find(s *archive.Search) []string {
	var keys []string
	for k, p := range m.posts {
		if p.dead || p.post.Author.ID != "" && m.authors[p.post.Network+" "+p.post.Author.ID] == "hidden" {
			continue
		}
		t := p.post.Published
		if !s.From.IsZero() && (t.Before(s.From)) || !s.To.IsZero() && !t.Before(s.To) ||
			s.Monitor != 0 && !slices.Contains(p.monitors, s.Monitor) || s.Query != nil && !s.Query.Match(&p.post) {
			continue
		}
		keys = append(keys, k.Network+" "+k.ID)
	}
	slices.Sort(keys)
	return keys
}

// search goes through all pages and checks what every page promises.
func (s *store) search(t testing.TB, what archive.Search) []string {
	t.Helper()
	var keys []string
	var last time.Time
	for pages := 0; ; pages++ {
		page, err := s.Search(t.Context(), ws, what)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Posts {
			at := h.Post.Published.Truncate(time.Millisecond)
			if !last.IsZero() && at.Compare(last) == map[bool]int{true: -1, false: 1}[what.Oldest] {
				t.Fatalf("a post of %s stands behind one of %s", at, last)
			}
			last = at
			keys = append(keys, h.Post.Network+" "+h.Post.ID)
		}
		if page.Next == "" {
			break
		}
		if len(page.Posts) != what.Limit || pages > 1000 {
			t.Fatalf("a page of %d posts, limit %d, names a next one", len(page.Posts), what.Limit)
		}
		what.Cursor = page.Next
	}
	slices.Sort(keys)
	return keys
}

// history makes events that meet each other: few ids, few authors, few
// revisions.
type history struct {
	r   *rand.Rand
	gen *querytest.Generator
}

func (h *history) event() archive.Entry {
	p := h.gen.Post()
	p.ID = fmt.Sprint("p", h.r.IntN(60))
	p.Author.ID = []string{"", "ann", "bob", "eve", "zoë"}[h.r.IntN(5)]
	p.Published = start.Add(time.Duration(h.r.IntN(100)) * time.Hour).Add(time.Duration(h.r.IntN(3)) * time.Millisecond)
	e := archive.Entry{Op: archive.Create, Post: &p, Revision: fmt.Sprint("r", h.r.IntN(4))}
	for m := range hearth.MonitorID(3) {
		if h.r.IntN(3) == 0 {
			e.Monitors = append(e.Monitors, m+1)
		}
	}
	switch n := h.r.IntN(20); {
	case n < 5:
		e.Op = archive.Update
	case n < 8:
		e.Op = archive.Delete
	case n == 8 && p.Author.ID != "":
		e.Op = []archive.Op{archive.HideAuthor, archive.ShowAuthor}[h.r.IntN(2)]
	case n == 9 && p.Author.ID != "" && h.r.IntN(8) == 0:
		e.Op = archive.DeleteAuthor
	}
	return e
}

func (h *history) search() archive.Search {
	s := archive.Search{Limit: 1 + h.r.IntN(30), Oldest: h.r.IntN(2) == 0}
	if h.r.IntN(10) > 0 {
		_, s.Query = h.gen.Query()
	}
	if h.r.IntN(4) == 0 {
		s.Monitor = hearth.MonitorID(1 + h.r.IntN(3))
	}
	if h.r.IntN(4) == 0 {
		s.From = start.Add(time.Duration(h.r.IntN(100)) * time.Hour)
	}
	if h.r.IntN(4) == 0 {
		s.To = start.Add(time.Duration(h.r.IntN(100)) * time.Hour)
	}
	return s
}

// rounds is how often the histories below are tried.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("HEARTH_ARCHIVE_ROUNDS")); err == nil {
		return n
	}
	return 8
}

// The heart of the archive: after any history, across restarts, while segments
// are written and merged, every search gives the posts for which the query
// holds, Count counts them and Export exports them.
//
// proves F21
func TestAfterAnyHistoryASearchFindsWhatTheQueryMeans(t *testing.T) {
	t.Parallel()
	for round := range rounds() {
		seed := uint64(round) + 1
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			h := &history{r: rand.New(rand.NewPCG(seed, 7)), gen: querytest.New(seed)}
			m := newModel()
			path := dbtest.Location(t)
			s := openStore(t, path)
			s.SmallSegments(20)
			for range 6 {
				for range 1 + h.r.IntN(8) {
					var batch []archive.Entry
					for range 1 + h.r.IntN(40) {
						batch = append(batch, h.event())
					}
					for i := range batch {
						e := &batch[i]
						if e.Op > archive.Delete {
							s.settle(t) // what the model does at once
						}
						s.append(t, *e)
						m.apply(e)
						if e.Op > archive.Delete {
							s.settle(t)
						}
					}
				}
				switch h.r.IntN(3) {
				case 0:
					s.close()
					s = openStore(t, path)
					s.SmallSegments(20)
				case 1:
					h.gen.ChangeSubject()
				}
				for range 25 {
					s.compare(t, m, h.search())
				}
			}
			s.compare(t, m, archive.Search{Limit: 7})
			s.checkRecount(t)
		})
	}
}

func (s *store) settle(t testing.TB) {
	t.Helper()
	if err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *store) compare(t *testing.T, m *model, what archive.Search) {
	t.Helper()
	words := "everything"
	if what.Query != nil {
		words = what.Query.String()
	}
	want := m.find(&what)
	if got := s.search(t, what); !slices.Equal(got, want) {
		t.Fatalf("%s: Search found %d, want %d\n%s", words, len(got), len(want), difference(got, want))
	}
	for _, interval := range []time.Duration{0, time.Hour, 17 * time.Minute} {
		n, err := s.Count(t.Context(), ws, what, interval)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, b := range n.Buckets {
			sum += b.Count
		}
		if n.Total != len(want) || !n.Exact || interval != 0 && sum != len(want) {
			t.Fatalf("%s: Count every %s is %d, in buckets %d, want %d", words, interval, n.Total, sum, len(want))
		}
	}
	var exported []string
	err := s.Export(t.Context(), ws, what, func(p *archive.Stored) error {
		exported = append(exported, p.Post.Network+" "+p.Post.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(exported)
	if !slices.Equal(exported, want) {
		t.Fatalf("%s: Export gave %d, want %d", words, len(exported), len(want))
	}
}

func difference(got, want []string) (text string) {
	for _, k := range got {
		if !slices.Contains(want, k) {
			text += "+ " + k + "\n"
		}
	}
	for _, k := range want {
		if !slices.Contains(got, k) {
			text += "- " + k + "\n"
		}
	}
	return text
}

// checkRecount folds the log as a consumer does, and compares with what can be
// found: create +1, update −old +new, delete and hide −old, show +post.
//
// proves I41
func (s *store) checkRecount(t *testing.T) {
	t.Helper()
	counted := map[hearth.Seq]string{}
	for _, r := range s.log(t) {
		switch r.Op {
		case archive.Create, archive.Update, archive.Delete, archive.Hide, archive.Show:
			delete(counted, r.Replaces)
		}
		switch r.Op {
		case archive.Create, archive.Update:
			counted[r.Seq] = r.Post.Network + " " + r.Post.ID
		case archive.Show:
			counted[r.Replaces] = r.Post.Network + " " + r.Post.ID
		}
	}
	var folded []string
	for _, k := range counted {
		folded = append(folded, k)
	}
	slices.SortFunc(folded, cmp.Compare[string])
	if got := s.search(t, archive.Search{Limit: 100}); !slices.Equal(got, folded) {
		t.Fatalf("the log folds to %d posts, but %d are found\n%s", len(folded), len(got), difference(got, folded))
	}
}

func TestCountsWithoutReadingAgreeWithTheQuery(t *testing.T) {
	t.Parallel()
	q, diags := query.Parse("pie AND NOT apple")
	if q == nil {
		t.Fatal(diags)
	}
	s := newStore(t)
	s.append(t, create("1", "ann", "apple pie"), create("2", "ann", "pie"), create("3", "ann", "PIE!"))
	n, err := s.Count(t.Context(), ws, archive.Search{Query: q}, time.Hour)
	if err != nil || n.Total != 2 || len(n.Buckets) != 1 || !n.Buckets[0].Start.Equal(start) {
		t.Errorf("Count: %+v, %v", n, err)
	}
}
