package feed

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"

	"hearth"
	"hearth/network"
)

// stream is network.Network.Stream: it looks at the feed, gives out what is
// new, waits, and looks again.
func stream(ctx context.Context, s *network.Session, from network.Cursor, loading time.Duration, emit func(*network.Batch) error) error {
	address, err := parseAddress(s.Settings["url"])
	if err != nil {
		return err
	}
	least, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	most, err := time.ParseDuration(s.Settings["longest"])
	if err != nil {
		return err
	}
	m, err := remember(from, address.String())
	if err != nil {
		return err
	}
	l := looker{s: s, origin: newOrigin(address), memory: m, least: least, most: max(least, most), loading: loading}
	for {
		if err := l.wait(ctx); err != nil {
			return err
		}
		b := new(network.Batch)
		failure := l.look(ctx, address, b)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.Frames++
		b.Cursor = l.memory.cursor() // of a failed look too: it says when to look again
		if err := emit(b); err != nil {
			return err
		}
		if failure != nil {
			return failure
		}
	}
}

// looker looks at one feed.
type looker struct {
	s           *network.Session
	origin      origin
	memory      memory
	least, most time.Duration // between two looks
	loading     time.Duration // for one document, at most
}

// wait is over when the next look is due.
func (l *looker) wait(ctx context.Context) error {
	wait := min(l.memory.due.Sub(l.s.Clock()), mostInterval)
	return l.s.Rest(ctx, wait)
}

// plan decides when to look again: sooner if there was news, later if not, and
// never before the server wants it.
func (l *looker) plan(news bool, atLeast time.Duration) {
	m := &l.memory
	switch {
	case m.interval == 0 || news:
		m.interval /= 2
	default:
		m.interval += m.interval / 2
	}
	m.interval = min(max(m.interval, l.least), l.most)
	m.failures = 0
	l.due(max(m.interval, atLeast))
}

// The first wait after a failed look; it doubles with each one that follows.
const (
	firstRetry  = 15 * time.Second
	maxFailures = 16
)

// retry decides when to look again after a failure: soon, then less and less
// soon, at last as often as the feed is asked otherwise.
func (l *looker) retry(atLeast time.Duration) {
	m := &l.memory
	wait := min(firstRetry<<m.failures, max(m.interval, l.least))
	m.failures = min(m.failures+1, maxFailures)
	l.due(max(wait, atLeast))
}

func (l *looker) due(wait time.Duration) {
	spread := 1 + rand.Float64()/5 // never sooner than asked for
	at := l.s.Clock().Add(time.Duration(float64(min(wait, mostInterval)) * spread))
	l.memory.due = l.memory.skip.after(at)
}

// look loads the feed once and adds what is new to the batch.
func (l *looker) look(ctx context.Context, address *url.URL, b *network.Batch) error {
	limited, cancel := context.WithTimeout(ctx, l.loading)
	a, err := load(limited, l.s.HTTP, address, &l.memory)
	cancel()
	if err != nil {
		l.retry(a.atLeast)
		return err
	}
	if a.unchanged {
		l.plan(false, a.atLeast)
		l.subscribe(ctx, recallSubscription(l.s.Cache).hub) // a lease ends whether or not there is news
		return nil
	}
	l.origin.at = a.from
	d, err := a.document()
	if err != nil {
		l.retry(a.atLeast)
		return err
	}
	if err := l.catchUp(ctx, &d, a.from); err != nil {
		return err
	}
	news := l.compare(&d, b)
	l.memory.etag, l.memory.modified, l.memory.skip = a.etag, a.modified, d.skip
	l.plan(news, max(a.atLeast, d.ttl))
	if a.hub.address == "" || a.hub.topic == "" {
		a.hub = d.hub
	}
	l.subscribe(ctx, l.resolved(a.hub))
	return nil
}

// document reads the answer.
func (a *answer) document() (d document, err error) {
	text, err := toUTF8(a.body, a.contentType)
	if err != nil {
		return d, err
	}
	if d, err = parse(text); err != nil {
		return d, err
	}
	if a.cut { // by us
		d.more = true
		d.entries = slices.DeleteFunc(d.entries, func(e entry) bool { return e.problem == torn })
	}
	return d, nil
}

// compare finds what is new in the document, the oldest entry first.
func (l *looker) compare(d *document, b *network.Batch) (news bool) {
	m, now := &l.memory, l.s.Clock()
	if day := now.Unix() / 86400; day != m.day {
		m.day, m.fresh, m.marked = day, 0, false
	}
	versions := make(map[uint64]uint32, len(m.known))
	contents := make(map[uint32]bool, len(m.known))
	for _, k := range m.known {
		versions[k.id] = k.version
		contents[k.version] = true
	}
	shared := sharedGUIDs(d.entries)
	seen := make([]known, 0, len(d.entries))
	again := false // something known is in the document
	oldest, newest := "", ""
	over := d.more
	for i := len(d.entries) - 1; i >= 0; i-- {
		e := &d.entries[i]
		p := l.origin.post(d, e, now)
		p.ID = l.origin.id(e.name(&p, shared))
		sum := version(&p)
		k := known{id: short(p.ID), version: versionOf(&p)}
		problem := e.refused(&p)
		if problem != "" {
			k = known{id: short(e.raw)}
		} else {
			newest = p.ID
			if oldest == "" {
				oldest = p.ID
			}
		}
		had, isKnown := versions[k.id]
		if !isKnown && problem == "" {
			had, isKnown = pushed(l.s.Cache, p.ID)
		}
		again = again || isKnown
		switch {
		case isKnown && had == k.version:
		case problem == "" && !isKnown && contents[k.version]:
			again = true // the same under a new guid
		case !isKnown && m.fresh >= maxFresh:
			over = true
			continue
		case problem != "":
			b.Rejects = append(b.Rejects, network.Reject{Raw: l.origin.letter(d, e), Reason: problem})
			m.fresh++
		default:
			ev := b.Add()
			*ev = network.Event{Op: network.Create, Revision: hex.EncodeToString(sum[:16]), At: now, Post: p}
			if isKnown {
				ev.Op = network.Update
			} else {
				m.fresh++
			}
			news = true
		}
		versions[k.id] = k.version
		contents[k.version] = k.version != 0
		seen = append(seen, k)
	}
	l.deletions(d, b, now)
	l.gaps(b, again, over, oldest)
	m.keep(seen)
	if newest != "" {
		m.newest = newest[:min(len(newest), 200)]
	}
	return news && !over // who gives too much is not asked more often
}

// name is what the entry is known by: its guid, its link, or what it says.
func (e *entry) name(p *hearth.Post, shared map[string]bool) string {
	switch {
	case e.guid != "" && !shared[e.guid]:
		return e.guid
	case p.URL != "":
		return p.URL
	}
	return "sha256-" + digest(p.Title+"\xff"+p.Text)
}

// refused says why the entry cannot be taken; "" if it can.
func (e *entry) refused(p *hearth.Post) string {
	if e.problem != "" {
		return e.problem
	}
	if p.Title == "" && p.Text == "" && len(p.Media) == 0 {
		return "The entry has neither a title nor a text."
	}
	if err := p.Check(); err != nil {
		return "The entry cannot be taken: " + network.Sentence(err)
	}
	return ""
}

// sharedGUIDs are those that several entries with different links claim, and so
// name none of them.
func sharedGUIDs(entries []entry) map[string]bool {
	links := make(map[string]string, len(entries))
	shared := map[string]bool{}
	for i := range entries {
		e := &entries[i]
		link, there := links[e.guid]
		if there && link != e.link {
			shared[e.guid] = true
		}
		links[e.guid] = e.link
	}
	return shared
}

// deletions passes on what the feed says is deleted, once.
func (l *looker) deletions(d *document, b *network.Batch, now time.Time) {
	m := &l.memory
	for _, guid := range d.deleted {
		id := l.origin.id(guid)
		k := known{id: short("deleted " + id), version: 1}
		gone := false
		for _, have := range m.known {
			gone = gone || have == k
		}
		if gone {
			continue
		}
		m.known = append([]known{k}, m.known...)
		*b.Add() = network.Event{Op: network.Delete, At: now, Post: hearth.Post{
			Network: Name, ID: id, Author: hearth.Author{ID: l.origin.scope},
		}}
	}
}

// gaps reports what may have been missed.
func (l *looker) gaps(b *network.Batch, again, over bool, oldest string) {
	m := &l.memory
	if m.newest != "" && oldest != "" && !again {
		b.Gaps = append(b.Gaps, network.Gap{
			From: m.newest, To: oldest, Reason: "All entries of the feed are new since the last look; those between may have been missed.",
		})
	}
	if over && !m.marked {
		m.marked = true
		b.Gaps = append(b.Gaps, network.Gap{
			From: m.newest, To: oldest, Reason: "The feed gives more than Hearth takes (10 MB and 1,000 entries at a time, 5,000 new entries a day); the rest was left out.",
		})
	}
}

// keep remembers what is in the feed now before what was.
func (m *memory) keep(seen []known) {
	all := make([]known, 0, len(seen)+len(m.known))
	had := make(map[uint64]bool, cap(all))
	for i := len(seen) - 1; i >= 0; i-- {
		if k := seen[i]; !had[k.id] {
			had[k.id] = true
			all = append(all, k)
		}
	}
	for _, k := range m.known {
		if !had[k.id] {
			had[k.id] = true
			all = append(all, k)
		}
	}
	m.known = head(all, maxKnown)
}

// versionOf is what is remembered of what an entry says.
func versionOf(p *hearth.Post) uint32 {
	sum := version(p)
	return max(1, binary.BigEndian.Uint32(sum[:]))
}

func short(s string) uint64 {
	sum := sha256.Sum256([]byte(s))
	return binary.BigEndian.Uint64(sum[:])
}

// decode is network.Network.Decode.
func decode(raw []byte, b *network.Batch) {
	o, d, err := readLetter(string(raw))
	problem := ""
	if err != nil {
		problem = network.Sentence(err)
	}
	shared := sharedGUIDs(d.entries)
	for i := range d.entries {
		e := &d.entries[i]
		p := o.post(&d, e, hearth.SystemClock())
		p.ID = o.id(e.name(&p, shared))
		if problem = e.refused(&p); problem != "" {
			break
		}
		sum := version(&p)
		*b.Add() = network.Event{Op: network.Create, Revision: hex.EncodeToString(sum[:16]), At: p.Published, Post: p}
	}
	if problem != "" {
		b.Rejects = append(b.Rejects, network.Reject{Raw: raw, Reason: problem})
	}
}
