package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"hearth"
	"hearth/network"
)

// What of a post is cut to its limit; a text that is too long makes the entry
// a Reject instead.
const (
	maxTitle    = 1_000 // characters
	maxLinks    = 100
	maxMedia    = 50
	maxHashtags = 200
	maxID       = 512 // bytes
	maxScope    = 300
	maxURL      = 2_048
)

// origin is the feed that posts come from.
type origin struct {
	address string // as it was set
	scope   string // its address: the author's id, and where ids hang
	host    string
	at      *url.URL // where the document was loaded from: what relative addresses are relative to
}

func newOrigin(address *url.URL) origin {
	scope := address.String()
	if len(scope) > maxScope {
		scope = address.Scheme + "://" + address.Host + "/#sha256-" + digest(scope)
	}
	return origin{address: address.String(), scope: scope, host: plainHost(address), at: address}
}

func plainHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Host), "www.") }

// id names the entry with this guid. Only an address on the feed's own host is
// good in itself: what another site's feed says is the same never is.
func (o *origin) id(guid string) string {
	u, err := url.Parse(guid)
	own := err == nil && (u.Scheme == "http" || u.Scheme == "https") && plainHost(u) == o.host
	if own && len(guid) <= maxID {
		return guid
	}
	if id := o.scope + "#" + guid; len(id) <= maxID {
		return id
	}
	return o.scope + "#sha256-" + digest(guid)
}

// post makes the post of an entry, except for its id and revision.
func (o *origin) post(d *document, e *entry, now time.Time) hearth.Post {
	title, _ := network.PlainText(demoronized(e.title))
	text, links := network.PlainText(demoronized(e.html))
	if text == "" && e.text != "" {
		text = demoronized(strings.TrimSpace(e.text))
	}
	p := hearth.Post{
		Network: Name, URL: o.resolve(e.link), Kind: hearth.Article, Title: shorten(line(title), maxTitle), Text: text,
		Author: hearth.Author{ID: o.scope, Name: line(d.title), URL: o.resolve(d.link)},
		Lang:   language(e.lang, d.lang), Published: plausible(e.published, e.updated, now),
		Links: head(links, maxLinks), Media: e.media, Engagement: hearth.Engagement{Replies: e.replies},
	}
	switch {
	case e.author != "":
		p.Author.Name = e.author
	case d.author != "":
		p.Author.Name = d.author
	}
	if e.replyTo != "" {
		p.Kind, p.InReplyTo = hearth.Comment, o.id(e.replyTo)
	}
	for i := range p.Media {
		p.Media[i].URL = o.resolve(p.Media[i].URL)
	}
	for _, tag := range e.tags {
		if tag = line(tag); tag != "" && len(p.Hashtags) < maxHashtags && !contains(p.Hashtags, tag) {
			p.Hashtags = append(p.Hashtags, tag)
		}
	}
	return p
}

// demoronized is text whose control characters (U+0080 to U+009F) are what they
// were meant as by who wrote them: characters of Windows-1252.
func demoronized(s string) string {
	if !strings.Contains(s, "\xc2") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 || r > 0x9f {
			return r
		}
		return charmap.Windows1252.DecodeByte(byte(r))
	}, s)
}

// resolve is a web address in full, "" for what is none.
func (o *origin) resolve(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || address == "" {
		return ""
	}
	if u.Scheme == "" && u.Host == "" && u.Path == "" && u.RawQuery == "" {
		return "" // it names nothing
	}
	u = o.at.ResolveReference(u)
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	if s := u.String(); len(s) <= maxURL {
		return s
	}
	return ""
}

// plausible is when the entry was published; a time still to come or before the
// web is none.
func plausible(published, updated, now time.Time) time.Time {
	for _, t := range [...]time.Time{published, updated} {
		if t.Year() >= 1990 && t.Before(now.Add(24*time.Hour)) {
			return t
		}
	}
	return time.Time{}
}

// language is the first of the tags that looks like one.
func language(tags ...string) string {
	for _, tag := range tags {
		tag = strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
		ok := len(tag) >= 2 && len(tag) <= 35
		for _, c := range []byte(tag) {
			ok = ok && ('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-')
		}
		if ok {
			return tag
		}
	}
	return ""
}

// version names what the entry says, whatever its guid.
func version(p *hearth.Post) [sha256.Size]byte {
	h := sha256.New()
	put(h, p.URL, p.Title, p.Text, p.Author.Name, p.Lang, p.InReplyTo)
	put(h, p.Links...)
	put(h, p.Hashtags...)
	for _, m := range p.Media {
		put(h, m.Type, m.URL, m.Alt)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func put(h hash.Hash, values ...string) {
	for _, v := range values {
		io.WriteString(h, v)
		h.Write([]byte{0xff}) // never in UTF-8
	}
	h.Write([]byte{0xfe})
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// line is text on one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func shorten(s string, characters int) string {
	if utf8.RuneCountInString(s) <= characters {
		return s
	}
	return string([]rune(s)[:characters-1]) + "…"
}

func head[T any](list []T, n int) []T { return list[:min(len(list), n)] }

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
