package feed

import (
	"context"
	"net/url"
	"strings"

	"hearth"
)

const maxOlder = 20 // documents that lead back, in a look

// catchUp loads older documents of a paged or archived feed (RFC 5005; next_url
// of JSON Feed) where nothing known is left in the newest, until something known
// comes or the feed does not lead further back. It follows links on the feed's
// own host only. The error is that of ctx; a document that cannot be had ends
// it, and what is missing then is a gap.
func (l *looker) catchUp(ctx context.Context, d *document, at *url.URL) error {
	if l.memory.newest == "" {
		return nil // the first look
	}
	visited := map[string]bool{at.String(): true}
	part := *d
	for range maxOlder {
		if part.older == "" || len(d.entries) >= maxEntries || l.knowsAny(&part) {
			return nil
		}
		next, err := at.Parse(strings.TrimSpace(part.older))
		if err != nil || plainHost(next) != plainHost(at) || next.Scheme != at.Scheme && next.Scheme != "https" || visited[next.String()] {
			return nil
		}
		visited[next.String()] = true
		limited, cancel := context.WithTimeout(ctx, l.loading)
		a, err := get(limited, l.s.HTTP, next, &memory{})
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			part, err = a.document()
		}
		if err != nil {
			l.s.Log.Info("an older part of a feed could not be read", "error", err)
			return nil
		}
		at = a.from
		d.entries = append(d.entries, head(part.entries, maxEntries-len(d.entries))...)
		d.more = d.more || part.more
	}
	return nil
}

// knowsAny says whether an entry of the document was given out before, under its
// id or with the same content.
func (l *looker) knowsAny(d *document) bool {
	ids, contents := make(map[uint64]bool, len(l.memory.known)), make(map[uint32]bool, len(l.memory.known))
	for _, k := range l.memory.known {
		ids[k.id], contents[k.version] = true, k.version != 0
	}
	shared := sharedGUIDs(d.entries)
	for i := range d.entries {
		e := &d.entries[i]
		p := l.origin.post(d, e, l.s.Clock())
		if ids[short(l.origin.id(e.name(&p, shared)))] || contents[versionOf(&p)] {
			return true
		}
	}
	return false
}

// older is where the document leads further back, by the links in its head.
func older(head string) (address string) {
	archive, paged := "", ""
	eachLink(head, func(relation, target string) {
		switch {
		case relation == "prev-archive" && archive == "":
			archive = target
		case relation == "next":
			paged = target
		}
	})
	if archive != "" {
		return archive
	}
	return paged
}

// eachLink calls do for every link element of a feed's head.
func eachLink(head string, do func(relation, target string)) {
	for rest := head; ; {
		i := strings.Index(rest, "link")
		if i < 0 {
			return
		}
		from := strings.LastIndexByte(rest[:i], '<')
		end := strings.IndexByte(rest[i:], '>')
		if from < 0 || end < 0 || localName(nameOf(rest[from+1:])) != "link" {
			rest = rest[i+len("link"):]
			continue
		}
		tag := rest[from : i+end+1]
		do(strings.ToLower(attribute(tag, "rel")), attribute(tag, "href"))
		rest = rest[i+end+1:]
	}
}

// deadLetter is how much of an entry is kept that cannot be read.
const deadLetter = 64 << 10

// letter is a dead letter: the feed's address and that of the document on a
// line, and a document of the one entry. An entry that is too large for it is
// kept cut, by itself.
func (o *origin) letter(d *document, e *entry) []byte {
	text := o.address + " " + o.at.String() + "\n" + d.before + e.raw + d.behind
	if len(text) > deadLetter {
		text = e.raw[:min(len(e.raw), deadLetter)]
	}
	return []byte(text)
}

// readLetter reads a dead letter again.
func readLetter(raw string) (o origin, d document, err error) {
	line, text, ok := strings.Cut(raw, "\n")
	address, at, spaced := strings.Cut(line, " ")
	u, err1 := parseAddress(address)
	from, err2 := parseAddress(at)
	if !ok || !spaced || err1 != nil || err2 != nil {
		return o, d, hearth.Errorf(hearth.Invalid, "The entry was too large to be kept whole; it cannot be read again.")
	}
	o = newOrigin(u)
	o.at = from
	d, err = parse(text)
	return o, d, err
}
