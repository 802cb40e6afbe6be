package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"

	"hearth"
)

// Poll reads networks that have to be asked: it looks at listings again and
// again and gives out what is new, edited and gone since. It guarantees:
//   - every post that a listing shows is given out at least once, the oldest
//     first, and the cursor never covers what was not given out;
//   - each look goes down to what is known; where it does not get there (the
//     listing ends before, or it is more than Pages pages), that is a Gap;
//   - the newest Window posts of each listing are read again every Recheck: an
//     edit is an Update, once; one that is not listed any more is asked for, and
//     is a Delete if it is gone, a Hide if the network does not show it; what came
//     late is a Create, what came back a Show;
//   - what cannot be read is a Reject, once.
//
// What is known of the window is in the session's cache, so that edits and
// deletions are seen that happened while nobody listened. The first look gives
// out the newest page.
type Poll struct {
	Network  string // name
	Session  *Session
	Listings []Listing
	Every    time.Duration // between two looks
	Recheck  time.Duration // between two looks at the whole window; 0 is never
	Window   int           // posts of each listing; 0 is 500
	Pages    int           // of one listing in a look, at most; 0 is 200
	Pace     time.Duration // between two requests, at least

	batch Batch
	emit  func(*Batch) error
	lists []*list
	asked time.Time // when the last request was made
	full  error     // of emit: nothing more can be given out
}

// Listing is one list of posts that a network shows newest first.
type Listing struct {
	Name  string // stable, and unique among the listings of a source; part of the cursor
	Timed bool   // Entry.Order is microseconds since 1970, else a number the network counts by
	Rolls bool   // the network shows only so many: what rolled out unseen is a Gap

	// Overlap is by how much a new post's Order may lie below the newest.
	Overlap int64

	// Page gives one page: the newest for an empty token, else the one that
	// Page.Next of another named.
	Page func(ctx context.Context, token string) (Page, error)

	// Ask asks for a post by itself that is not listed any more; an error
	// NotFound says that it is gone, and Denied that it is hidden. nil: one that
	// was missing in two looks at the whole window is gone.
	Ask func(ctx context.Context, ref string) (Entry, error)
}

// Page is a part of a listing.
type Page struct {
	Entries []Entry // newest first, or nearly
	Next    string  // token of what comes below; "" where the listing ends
	Down    int64   // where there are no entries: the Order below which Next goes on
}

// Entry is one post as a listing shows it.
type Entry struct {
	Skip    bool   // it is not wanted: only Order counts
	Order   int64  // places the post in its listing: newer ones have greater ones
	Ref     string // what Ask wants; "" is the post's id
	Raw     string // for a dead letter, if it has to be one
	Problem string // not empty: a sentence, why the entry cannot be read

	// Event is a Create, an Update if the network says that the post was edited,
	// a Delete, or a Hide. Its Revision names what the post says.
	Event Event
}

// The bounds of a look.
const (
	pollWindow = 500
	pollPages  = 200
	pollHeld   = 64 << 20 // bytes of entries that are not given out yet
	pollBatch  = 200      // entries
	pollAsks   = 20       // posts that are asked for by themselves, in a look
	pollLetter = 64 << 10
)

// Run looks until ctx ends or something fails: it is Network.Stream.
func (p *Poll) Run(ctx context.Context, from Cursor, emit func(*Batch) error) error {
	p.emit = emit
	if p.Window == 0 {
		p.Window = pollWindow
	}
	if p.Pages == 0 {
		p.Pages = pollPages
	}
	if err := p.open(from); err != nil {
		return err
	}
	deep := time.Time{}
	for {
		now := p.Session.Clock()
		whole := p.Recheck > 0 && !now.Before(deep)
		if whole {
			deep = now.Add(p.Recheck)
		}
		err := p.look(ctx, whole)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		if err := p.Session.Rest(ctx, p.Every); err != nil {
			return err
		}
	}
}

// Pause waits for d, or until ctx ends, which is its error.
func Pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// look looks at all listings once. One that is gone or closed costs no other;
// what was read before a failure is given out.
func (p *Poll) look(ctx context.Context, whole bool) (failure error) {
	for _, l := range p.lists {
		err := p.read(ctx, l, whole)
		if p.full != nil || ctx.Err() != nil {
			return err
		}
		if err != nil {
			failure = err
			if code := hearth.ErrorCode(err); code != hearth.NotFound && code != hearth.Denied {
				break
			}
		}
	}
	p.batch.Frames++
	if err := p.give(ctx); err != nil {
		return err
	}
	return failure
}

// give gives the batch out.
func (p *Poll) give(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.batch.Cursor = p.cursor()
	if p.full = p.emit(&p.batch); p.full != nil {
		return p.full
	}
	p.batch.Reset()
	for _, l := range p.lists { // not before the batch is out of our hands
		l.save(p.Session.Cache)
	}
	return nil
}

// read looks at one listing: down to what is known, or the whole window.
func (p *Poll) read(ctx context.Context, l *list, whole bool) error {
	first := !l.begun
	pass, err := p.pages(ctx, l, whole && !first)
	if err != nil {
		return err
	}
	p.gaps(l, &pass, first)
	for i := len(pass.news) - 1; i >= 0; i-- {
		p.take(l, &pass.news[i], pass.from)
		if len(p.batch.Events)+len(p.batch.Rejects) >= pollBatch {
			if err := p.give(ctx); err != nil {
				return err
			}
		}
	}
	l.begun = true
	if whole && !first {
		return p.missing(ctx, l, &pass)
	}
	return nil
}

// pass is one way down a listing.
type pass struct {
	news   []Entry // that are not known as they are, newest first
	seen   map[string]bool
	from   int64 // the place of the listing when the pass began
	bottom int64 // the least order seen
	ended  bool  // the listing has no more
	met    bool  // something known was there, or something not newer
	why    string
}

// pages reads pages until everything wanted was seen.
func (p *Poll) pages(ctx context.Context, l *list, whole bool) (pass, error) {
	s := pass{seen: map[string]bool{}, from: l.order, bottom: math.MaxInt64}
	stop := l.order - l.Overlap
	if whole {
		stop = min(stop, l.oldest())
	}
	tokens, token, held := map[string]bool{}, "", 0
	for n := 1; ; n++ {
		if err := p.pace(ctx); err != nil {
			return s, err
		}
		page, err := l.Page(ctx, token)
		if err != nil {
			return s, err
		}
		p.batch.Frames += len(page.Entries)
		for i := range page.Entries {
			held += p.see(l, &s, &page.Entries[i])
		}
		if len(page.Entries) == 0 && page.Next != "" {
			s.bottom = min(s.bottom, page.Down)
		}
		tokens[token] = true
		switch {
		case page.Next == "":
			s.ended = true
		case !l.begun: // the newest page is enough
		case s.bottom < stop:
		case tokens[page.Next]:
			s.why = "The network's pages lead back to one that was read already."
		case n >= p.Pages || held > pollHeld:
			s.why = "Too much was written since reading stopped to read it all; the oldest was left out."
		default:
			token = page.Next
			continue
		}
		return s, nil
	}
}

// pace waits until the next request may be made.
func (p *Poll) pace(ctx context.Context) error {
	if wait := p.Pace - p.Session.Clock().Sub(p.asked); wait > 0 && wait <= p.Pace {
		if err := Pause(ctx, wait); err != nil {
			return err
		}
	}
	p.asked = p.Session.Clock()
	return nil
}

// see notes one entry; it gives the bytes that are held for it.
func (p *Poll) see(l *list, s *pass, e *Entry) (held int) {
	if e.Skip {
		s.bottom = min(s.bottom, e.Order)
		s.met = s.met || e.Order <= s.from
		if e.Order > s.from {
			s.news = append(s.news, *e)
		}
		return 0
	}
	if e.Problem != "" {
		sum := sha256.Sum256([]byte(e.Raw))
		e.Event = Event{Revision: "unreadable", Post: hearth.Post{ID: "!" + hex.EncodeToString(sum[:12])}}
		if e.Order == 0 { // that of the entry above
			if e.Order = s.bottom; e.Order == math.MaxInt64 {
				e.Order = s.from
			}
		}
	} else {
		s.bottom = min(s.bottom, e.Order)
		s.met = s.met || e.Order <= s.from
	}
	id := e.Event.Post.ID
	if s.seen[id] {
		return 0
	}
	s.seen[id] = true
	if k := l.find(id); k != nil {
		s.met = s.met || e.Problem == ""
		k.missed = 0
		if k.version == version(&e.Event) {
			l.lift(e.Order)
			return 0
		}
	}
	s.news = append(s.news, *e)
	return len(e.Raw)
}

// gaps reports what lies between what is known and what was seen.
func (p *Poll) gaps(l *list, s *pass, first bool) {
	if first || s.bottom <= s.from || s.bottom == math.MaxInt64 {
		return
	}
	why := s.why
	if s.ended && l.Rolls && !s.met {
		why = "The network does not list posts back to where reading stopped."
	}
	if why != "" {
		p.batch.Gaps = append(p.batch.Gaps, Gap{From: l.place(s.from), To: l.place(s.bottom), Reason: why})
	}
}

// take adds what an entry says to the batch; from is the place that the
// listing was read to before.
func (p *Poll) take(l *list, e *Entry, from int64) {
	if e.Skip {
		l.lift(e.Order)
		return
	}
	ev := &e.Event
	if e.Problem == "" && ev.Op.HasPost() {
		if err := ev.Post.Check(); err != nil {
			e.Problem = Sentence(err)
		}
	}
	known := l.find(ev.Post.ID)
	k := memory{id: ev.Post.ID, ref: e.Ref, version: version(ev), author: ev.Post.Author.ID, order: e.Order}
	switch {
	case e.Problem != "":
		p.batch.Rejects = append(p.batch.Rejects, Reject{Raw: []byte(e.Raw[:min(len(e.Raw), pollLetter)]), Reason: e.Problem})
	case !ev.Op.HasPost():
		if known != nil && known.author != "" {
			k.author = known.author
		}
		p.tell(&k, ev.Op)
	default:
		if known != nil && known.version == Hide.String() {
			p.tell(&memory{id: known.id, author: known.author}, Show)
		}
		next := p.batch.Add()
		*next = *ev
		switch {
		case known != nil:
			next.Op = Update
		case e.Order > from:
			next.Op = Create
		}
		if next.At.IsZero() {
			next.At = p.Session.Clock()
		}
	}
	l.remember(k)
	l.lift(e.Order)
}

// tell adds what happened to a post as a whole: a Delete, Hide or Show.
func (p *Poll) tell(k *memory, op Op) {
	k.version = op.String()
	*p.batch.Add() = Event{Op: op, At: p.Session.Clock(), Post: hearth.Post{Network: p.Network, ID: k.id, Author: hearth.Author{ID: k.author}}}
}

// version names what a post says, or that it says nothing.
func version(e *Event) string {
	if !e.Op.HasPost() {
		return e.Op.String()
	}
	return e.Revision
}

// missing looks for the posts of the window that are not listed any more; those
// that are known to be hidden come last.
func (p *Poll) missing(ctx context.Context, l *list, s *pass) error {
	asks := 0
	for _, veiled := range []bool{false, true} {
		for i := range l.window {
			k := &l.window[i]
			if k.id == "" || k.id[0] == '!' || s.seen[k.id] || k.version == Delete.String() || k.order <= s.bottom && !s.ended {
				continue
			}
			switch {
			case veiled != (k.version == Hide.String()):
			case l.Ask != nil && asks < pollAsks:
				asks++
				if err := p.ask(ctx, l, i, s.from); err != nil {
					return err
				}
			case l.Ask == nil && !veiled:
				if k.missed++; k.missed >= 2 {
					p.tell(k, Delete)
					l.touch(i)
				}
			}
		}
	}
	return nil
}

// ask asks for the post in a slot of the window.
func (p *Poll) ask(ctx context.Context, l *list, slot int, from int64) error {
	k := &l.window[slot]
	ref := k.ref
	if ref == "" {
		ref = k.id
	}
	if err := p.pace(ctx); err != nil {
		return err
	}
	e, err := l.Ask(ctx, ref)
	code := hearth.ErrorCode(err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case code == hearth.NotFound:
		p.tell(k, Delete)
		l.touch(slot)
	case code == hearth.Denied && k.version != Hide.String():
		p.tell(k, Hide)
		l.touch(slot)
	case code == hearth.Denied:
	case err != nil:
		return err
	case !e.Skip && e.Problem == "" && k.version != version(&e.Event):
		e.Order, e.Ref = k.order, k.ref
		p.take(l, &e, from)
	}
	return nil
}

// place says in words where an order is.
func (l *list) place(order int64) string {
	at := strconv.FormatInt(order, 10)
	if l.Timed {
		at = time.UnixMicro(order).UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%s %s", l.Name, at)
}

// CheckInterval is the check of a setting that says how often to ask.
func CheckInterval(least, most time.Duration) func(value string) error {
	return func(value string) error {
		if d, err := time.ParseDuration(value); err != nil || d < least || d > most {
			return hearth.Errorf(hearth.Invalid, "%q is not a time from %s to %s, like 1m.", value, least, most)
		}
		return nil
	}
}
