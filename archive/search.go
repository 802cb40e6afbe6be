package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
	"hearth/query"
	"hearth/text"
)

// Search says which visible posts are wanted, in which order.
type Search struct {
	Query   *query.Query     // nil: every post
	Monitor hearth.MonitorID // that matched on arrival; 0: any

	// From ≤ time < To, in whole milliseconds; zero: no bound. A post's time is
	// when it was published, or received if it does not say. Where more than
	// 4,096 posts of a workspace share a millisecond, some count as a few
	// milliseconds later.
	From, To time.Time

	// Exact has Count and Facets look at every post that may be meant, as far as
	// they come in the time there is. Else they judge many by a sample.
	Exact bool

	Limit  int    // posts of a page; 0 means 50, at most 1,000
	Cursor string // Page.Next of the page before
	Oldest bool   // oldest first; else newest first
}

// Page is one page of posts.
type Page struct {
	Posts []Hit
	Next  string // cursor of the next page, "" after the last

	// Partial says that time ran out before the page was full; Next goes on
	// from there. It happens where the words of a query say little: raw text,
	// counts, or a phrase of very common words.
	Partial bool

	Candidates int // posts that the index proposed for the page
}

// Hit is a post that was found.
type Hit struct {
	Stored
	Highlights []query.Range // Stream counts the streams of query.AddPost
}

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// Search finds one page of posts for which the query holds, by time, those of
// one millisecond in a fixed order. Posts appended before the call are found.
// A damaged row is left out. It returns what it has when Options.SearchTime is over.
func (a *Archive) Search(ctx context.Context, ws hearth.WorkspaceID, s Search) (Page, error) {
	return a.search(ctx, ws, s, a.searchTime)
}

// search is Search with a time of its own.
func (a *Archive) search(ctx context.Context, ws hearth.WorkspaceID, s Search, patience time.Duration) (Page, error) {
	limit := s.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	var page Page
	more := false
	end, err := a.candidates(ctx, ws, &s, patience, func(d *decision) error {
		if len(page.Posts) == limit {
			more = true
			return errEnough
		}
		page.Candidates++
		if !d.holds() {
			return nil
		}
		hit := Hit{Stored: d.row.stored(&d.content)}
		if s.Query != nil {
			hit.Highlights = s.Query.Highlights(&d.post, &d.doc)
		}
		page.Posts = append(page.Posts, hit)
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	page.Partial = !end.done && !more
	switch {
	case page.Partial && !end.passed:
		return Page{}, errTooSlow
	case page.Partial || more:
		page.Next = formatCursor(end.last)
	}
	return page, nil
}

var errTooSlow = &hearth.Error{Code: hearth.Unavailable,
	Message: "This search takes too long. Add words that the posts must contain, or a shorter time."}

// errBehindLog says that the index could not follow the log in the time there was,
// as after much was erased on a slow machine.
var errBehindLog = &hearth.Error{Code: hearth.Unavailable,
	Message: "The search index has not caught up with what was stored or erased lately. Try again in a while."}

// errEnough ends the candidates early.
var errEnough = errors.New("enough")

// formatCursor names a place in the order of results.
func formatCursor(place int64) string { return strconv.FormatInt(place, 36) }

func parseCursor(s string) (int64, error) {
	place, err := strconv.ParseInt(s, 36, 64)
	if err != nil {
		return 0, &hearth.Error{Code: hearth.Invalid, Field: "cursor", Message: "This cursor is not one that a search gave."}
	}
	return place, nil
}

// within is the places that a search asks for.
func (s *Search) within() (index.Range, error) {
	r := index.Everything
	if !s.From.IsZero() {
		r.First = placeAt(s.From)
	}
	if !s.To.IsZero() {
		r.End = placeAt(s.To)
	}
	if s.Cursor == "" {
		return r, nil
	}
	at, err := parseCursor(s.Cursor)
	if s.Oldest {
		r.First = max(r.First, at+1)
	} else {
		r.End = min(r.End, at)
	}
	return r, err
}

// plan compiles what the index is asked.
func (s *Search) plan(ws hearth.WorkspaceID) (plan, error) {
	if s.Query != nil && s.Query.AsksStored() {
		return plan{}, hearth.Errorf(hearth.Internal, "A query for copies or topics was not resolved before it was asked.")
	}
	p := planOf(ws, s.Query)
	if s.Monitor != 0 {
		planner := planner{begin: string(appendWorkspace(nil, ws))}
		monitor := planner.fieldTerm(fieldMonitor, strconv.FormatInt(int64(s.Monitor), 10))
		if p.all {
			exact := p.exact
			p.want, p.exact = monitor, exact
		} else {
			p.want = planner.and([]want{monitor, p.want})
		}
	}
	r, err := s.within()
	p.within.First, p.within.End = max(p.within.First, r.First), min(p.within.End, r.End)
	return p, err
}

// decision is one candidate and the question whether it is wanted.
type decision struct {
	search *Search
	place  int64
	row    row
	content
	doc text.Doc
}

// holds decides, and leaves the post's text in doc.
func (d *decision) holds() bool {
	if m := d.search.Monitor; m != 0 && !slices.Contains(d.monitors, m) {
		return false
	}
	if d.search.Query == nil {
		return true
	}
	query.AddPost(&d.doc, &d.post)
	return d.search.Query.MatchStored(d.row.seq, &d.post, &d.doc)
}

// ending is how candidates ended.
type ending struct {
	done   bool  // false: time ran out, or errEnough ended them
	passed bool  // there was one at least, be it erased meanwhile
	last   int64 // its place
}

// candidates calls each for everything that may be wanted, in order, with its
// content read, until time runs out or each ends it with errEnough.
func (a *Archive) candidates(ctx context.Context, ws hearth.WorkspaceID, s *Search, patience time.Duration, each func(*decision) error) (end ending, err error) {
	plan, err := s.plan(ws)
	if err != nil {
		return end, err
	}
	if err := a.followed(ctx, patience); err != nil {
		return end, err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = a.indexed(limited, func(tx *db.Tx, x *index.Index) error {
		f := newFetcher(a, tx, ws, s, each)
		defer func() { end.passed, end.last = f.passed, f.last }()
		switch {
		case plan.ids != nil:
			err = a.byID(tx, ws, x, &plan, s.Oldest, f.take)
		case plan.all:
			err = byTime(tx, ws, plan.within, s.Oldest, f.take)
		default:
			err = byWords(x, &plan, s.Oldest, f.take)
		}
		if err != nil {
			return err
		}
		return f.flush()
	})
	switch {
	case err == nil:
		end.done = true
		return end, nil
	case errors.Is(err, errEnough):
		return end, nil
	case ctx.Err() != nil:
		return end, ctx.Err()
	case limited.Err() != nil:
		return end, nil
	}
	return end, fmt.Errorf("searching the archive: %w", err)
}

// followed waits for the index, so that this does not count as searching.
func (a *Archive) followed(ctx context.Context, patience time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := a.finder.wait(limited, hearth.Seq(a.head.Load()))
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return errBehindLog
	}
	return err
}

// indexed runs f with the index as it stands, no older than the log at the
// moment of the call.
func (a *Archive) indexed(ctx context.Context, f func(*db.Tx, *index.Index) error) error {
	shared := a.db.Shared()
	for target, known := hearth.Seq(a.head.Load()), !shared; ; {
		if err := a.finder.wait(ctx, target); err != nil {
			return err
		}
		v := a.finder.view()
		err := a.db.Read(ctx, func(tx *db.Tx) error {
			if shared {
				o, err := look(tx)
				if err != nil {
					return err
				}
				a.learn(o)
				if !known {
					target, known = o.head, true
				}
				switch {
				case v.listed != o.generation:
					return errStale
				case v.applied < target:
					return errBehind
				}
			}
			return f(tx, v.in(tx))
		})
		v.done()
		switch {
		case errors.Is(err, errStale):
			if _, err := a.finder.reload(ctx); err != nil {
				return err
			}
		case errors.Is(err, errBehind):
		case errors.Is(err, index.ErrBroken):
			a.finder.suspect(v)
			return hearth.Errorf(hearth.Unavailable, "The search index was damaged and is being rebuilt; the posts are not affected. Try again in a while.")
		default:
			return err
		}
	}
}

// byWords takes what the index proposes.
func byWords(x *index.Index, p *plan, oldest bool, take func(int64, hearth.Seq) error) error {
	result, err := x.Search(&p.expr, p.within)
	if err != nil {
		return err
	}
	docs := result.Documents(oldest)
	for {
		d, ok, err := docs.Next()
		if err != nil || !ok {
			return err
		}
		if err := take(d.Place, hearth.Seq(d.Seq)); err != nil {
			return err
		}
	}
}

// timeRows is how many posts by time are read at once.
const timeRows = 500

// byTime takes all visible posts.
func byTime(tx *db.Tx, ws hearth.WorkspaceID, r index.Range, oldest bool, take func(int64, hearth.Seq) error) error {
	const (
		ascending  = "SELECT place, seq FROM post_time WHERE workspace_id = ? AND place >= ? AND place < ? ORDER BY place LIMIT ?"
		descending = "SELECT place, seq FROM post_time WHERE workspace_id = ? AND place >= ? AND place < ? ORDER BY place DESC LIMIT ?"
	)
	statement := descending
	if oldest {
		statement = ascending
	}
	for {
		docs, err := scanDocs(tx.Query(statement, int64(ws), r.First, r.End, timeRows))
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := take(d.Place, hearth.Seq(d.Seq)); err != nil {
				return err
			}
		}
		if len(docs) < timeRows {
			return nil
		}
		if last := docs[len(docs)-1].Place; oldest {
			r.First = last + 1
		} else {
			r.End = last
		}
	}
}

// byID takes the posts with the ids that the query asks for.
func (a *Archive) byID(tx *db.Tx, ws hearth.WorkspaceID, x *index.Index, p *plan, oldest bool, take func(int64, hearth.Seq) error) error {
	networks, err := networksOf(ws, x)
	if err != nil {
		return err
	}
	l := &log{a: a, tx: tx, workspace: ws}
	var found []index.Doc
	for _, network := range networks {
		for _, id := range p.ids {
			c, err := l.find(hearth.Key{Network: network, ID: id})
			if err != nil {
				return err
			}
			if !c.found || c.state != visible {
				continue
			}
			place, err := a.placeOf(tx, ws, c.seq, c.timeOf())
			if err != nil {
				return err
			}
			if place >= p.within.First && place < p.within.End {
				found = append(found, index.Doc{Place: place, Seq: int64(c.seq)})
			}
		}
	}
	slices.SortFunc(found, func(a, b index.Doc) int {
		if (a.Place < b.Place) == oldest {
			return -1
		}
		return 1
	})
	for _, d := range slices.Compact(found) {
		if err := take(d.Place, hearth.Seq(d.Seq)); err != nil {
			return err
		}
	}
	return nil
}

// networksOf is the networks of a workspace's posts.
func networksOf(ws hearth.WorkspaceID, x *index.Index) ([]string, error) {
	var list []string
	prefix := string(appendWorkspace(nil, ws)) + string(signField) + string(fieldNetwork)
	err := x.Terms(prefix, func(name string) error {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
		return nil
	})
	return list, err
}
