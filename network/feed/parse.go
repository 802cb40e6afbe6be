package feed

import (
	"encoding/base64"
	"html"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"

	"hearth"
	"hearth/network"
)

// document is a feed as it was read.
type document struct {
	title, link, lang string
	author            string        // of entries that name none
	ttl               time.Duration // how long the feed wants to be left alone; 0: it does not say
	entries           []entry       // in the feed's order
	deleted           []string      // guids of entries that the feed says are deleted
	more              bool          // something lay beyond the limits
	older             string        // address of the document with what came before; "" where there is none
	hub               hub           // where it pushes
	skip              skip          // when the feed does not want to be asked
	before, behind    string        // an entry between them is a document of its own
}

// entry is one entry, its texts still as the feed writes them.
type entry struct {
	raw                 string
	problem             string // a sentence; not empty: the entry cannot be read
	guid, link, replyTo string
	title, html, text   string // html and text are two ways to write the content; html comes first
	author, lang        string
	published, updated  time.Time
	tags                []string
	media               []hearth.Media
	replies             hearth.Count
}

// parse reads a document in UTF-8 of any of the formats. The error is a
// sentence for a person.
func parse(s string) (document, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "{") {
		return parseJSON(s)
	}
	o, err := scan(s)
	if err != nil {
		return document{}, err
	}
	switch o.root {
	case "rss", "rdf", "feed":
	case "":
		return document{}, hearth.Errorf(hearth.Unavailable, "What the address gives is neither XML nor JSON.")
	case "channel":
		return document{}, hearth.Errorf(hearth.Unavailable, "The feed is in the Channel Definition Format of 1997, which Hearth does not read.")
	default:
		return document{}, hearth.Errorf(hearth.Unavailable, "What the address gives is no feed but XML that begins with <%s>.", o.root[:min(len(o.root), 100)])
	}
	return readOutline(o)
}

// readOutline understands each part by itself: what is ill-formed costs only
// the entry it stands in.
func readOutline(o outline) (document, error) {
	d := document{deleted: o.deleted, more: o.more, ttl: timeToLive(o.head), skip: skipped(o.head), older: older(o.head), before: o.head, behind: o.close}
	eachLink(o.head, d.hub.take)
	if len(o.head) > deadLetter/4 {
		d.before = o.open
	}
	p := gofeed.NewParser()
	head := o.head
	if len(head) > maxHead {
		head = o.open
	}
	f, err := p.Parse(strings.NewReader(head + o.close))
	switch {
	case err == nil:
		d.title, d.link, d.lang = f.Title, f.Link, f.Language
		if strings.Contains(head, `mode="base64"`) {
			d.title = unpacked(d.title)
		}
		if len(f.Authors) > 0 && f.Authors[0] != nil {
			d.author = personName(f.Authors[0])
		}
	case len(o.entries) == 0:
		return document{}, hearth.Errorf(hearth.Unavailable, "The feed cannot be read: %v.", err)
	}
	for i, raw := range o.entries {
		e := entry{raw: raw}
		if o.torn && i == len(o.entries)-1 {
			e.problem = torn
			d.entries = append(d.entries, e)
			break
		}
		if len(raw) > maxEntry {
			e.problem = "The entry is larger than 2 MB."
			d.entries = append(d.entries, e)
			continue
		}
		f, err := p.Parse(strings.NewReader(o.open + raw + o.close))
		switch {
		case err != nil:
			e.problem = "The entry cannot be read: " + strings.TrimSuffix(err.Error(), ".") + "."
		case len(f.Items) != 1 || f.Items[0] == nil:
			e.problem = "The entry cannot be read: it is none by itself."
		default:
			e.fill(f.Items[0])
			e.attributes(raw[:strings.IndexByte(raw, '>')+1])
			e.oddities(raw)
			if e.link == "" && o.root != "feed" && !strings.Contains(raw, `isPermaLink="false"`) {
				e.link = e.guid // a permalink, if it is an address
			}
		}
		d.entries = append(d.entries, e)
	}
	return d, nil
}

const (
	maxHead  = 256 << 10 // bytes before the first entry that are read
	maxEntry = 2 << 20   // bytes of an entry
)

const torn = "The feed ends within this entry."

// fill takes over what gofeed found.
func (e *entry) fill(i *gofeed.Item) {
	e.guid, e.link, e.title = strings.TrimSpace(i.GUID), strings.TrimSpace(i.Link), i.Title
	if e.html = i.Content; e.html == "" {
		e.html = i.Description
	}
	for _, a := range i.Authors {
		if a != nil && e.author == "" {
			e.author = personName(a)
		}
	}
	if i.PublishedParsed != nil {
		e.published = i.PublishedParsed.UTC()
	}
	if i.UpdatedParsed != nil {
		e.updated = i.UpdatedParsed.UTC()
	}
	e.tags = i.Categories
	if i.DublinCoreExt != nil && len(i.DublinCoreExt.Language) > 0 {
		e.lang = i.DublinCoreExt.Language[0]
	}
	for _, c := range i.Enclosures {
		if c != nil {
			e.addMedia(c.Type, c.URL, "")
		}
	}
	if i.Image != nil {
		e.addMedia("image", i.Image.URL, i.Image.Title)
	}
	e.extensions(i.Extensions)
}

// attributes takes over what the entry's own tag says and gofeed leaves out.
func (e *entry) attributes(tag string) {
	if e.lang == "" {
		e.lang = attribute(tag, "xml:lang")
	}
	if e.guid == "" {
		e.guid = attribute(tag, "rdf:about")
	}
}

// oddities takes over what old and rare feeds write and gofeed leaves out: the
// text as fullitem or as an XHTML body, and Atom 0.3 in base64.
func (e *entry) oddities(raw string) {
	for _, name := range [...]string{"fullitem", "body"} {
		if e.html == "" {
			e.html = inner(raw, name)
		}
	}
	if strings.Contains(raw, "base64") {
		e.html, e.title = unpacked(e.html), unpacked(e.title)
	}
}

// inner is the markup within the first element with this local name.
func inner(raw, local string) string {
	for i := 0; ; {
		at := strings.IndexByte(raw[i:], '<')
		if at < 0 {
			return ""
		}
		i += at + 1
		name := nameOf(raw[i:])
		if localName(name) != local || len(name) > 100 {
			continue
		}
		from := strings.IndexByte(raw[i:], '>')
		end := strings.LastIndex(raw, "</"+name)
		if from < 0 || end < i+from+1 {
			return ""
		}
		markup := strings.TrimSpace(raw[i+from+1 : end])
		if text, ok := strings.CutPrefix(markup, "<![CDATA["); ok {
			return strings.TrimSuffix(text, "]]>")
		}
		if !strings.Contains(markup, "<") {
			return html.UnescapeString(markup)
		}
		return markup
	}
}

// unpacked is text that was packed as base64, or as it was.
func unpacked(s string) string {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil || len(b) == 0 || !utf8.Valid(b) {
		return s
	}
	return string(b)
}

func (e *entry) extensions(x ext.Extensions) {
	e.mediaRSS(x["media"], 0)
	for _, c := range x["slash"]["comments"] {
		if n, ok := wholeNumber(c.Value); ok {
			e.replies = hearth.KnownCount(n)
		}
	}
	for name, to := range map[string]*time.Time{"issued": &e.published, "created": &e.published, "modified": &e.updated} {
		for _, d := range x["dcterms"][name] {
			if t, ok := hearth.ParseTime(strings.TrimSpace(d.Value)); ok && to.IsZero() {
				*to = t
			}
		}
	}
	for _, r := range x["thr"]["in-reply-to"] {
		if e.replyTo = strings.TrimSpace(r.Attrs["ref"]); e.replyTo == "" {
			e.replyTo = strings.TrimSpace(r.Attrs["href"])
		}
	}
}

// mediaRSS reads media:content, media:thumbnail and groups of them.
func (e *entry) mediaRSS(x map[string][]ext.Extension, depth int) {
	for _, c := range x["content"] {
		kind := c.Attrs["medium"]
		if kind == "" {
			kind = c.Attrs["type"]
		}
		e.addMedia(kind, c.Attrs["url"], "")
		if depth < 4 {
			e.mediaRSS(c.Children, depth+1)
		}
	}
	for _, c := range x["thumbnail"] {
		e.addMedia("image", c.Attrs["url"], "")
	}
	for _, c := range x["group"] {
		if depth < 4 {
			e.mediaRSS(c.Children, depth+1)
		}
	}
}

// addMedia adds a picture, film or sound, once; what is none of them is left
// out.
func (e *entry) addMedia(kind, address, alt string) {
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), "/")
	address = strings.TrimSpace(address)
	if kind != "image" && kind != "video" && kind != "audio" || address == "" || len(e.media) == maxMedia {
		return
	}
	for _, m := range e.media {
		if m.URL == address {
			return
		}
	}
	e.media = append(e.media, hearth.Media{Type: kind, URL: address, Alt: alt})
}

// personName is how a person is called; an address of e-mail is nobody's
// business.
func personName(p *gofeed.Person) string {
	name, _ := network.PlainText(p.Name)
	return line(name)
}

// timeToLive is how long the feed asks to be left alone, by ttl (RSS 2.0, in
// minutes) and sy:updatePeriod (RSS 1.0 syndication).
func timeToLive(head string) time.Duration {
	ttl := time.Duration(0)
	if n, ok := wholeNumber(textOf(head, "ttl")); ok {
		ttl = time.Duration(min(n, 1<<20)) * time.Minute
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[strings.ToLower(textOf(head, "sy:updatePeriod"))]
	if n, ok := wholeNumber(textOf(head, "sy:updateFrequency")); ok && n > 0 {
		period /= time.Duration(n)
	}
	return min(max(ttl, period), mostInterval)
}

func wholeNumber(s string) (n int64, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 15 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
