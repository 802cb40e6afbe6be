package fake

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearth"
)

// document writes the feed, the newest entry first.
func (s *Server) document(shown []entry, f Fault) []byte {
	list := slices.Clone(shown)
	slices.Reverse(list)
	switch {
	case f.Kind == Reorder:
		slices.Reverse(list)
	case f.Kind == Duplicate && len(list) > 0:
		list = append(list, list[0])
	case f.Kind == NewGUIDs:
		for i := range list {
			list[i].guid += "-" + strconv.Itoa(s.changes)
		}
	}
	var b []byte
	switch s.o.Format {
	case Atom:
		b = append(b, `<?xml version="1.0" encoding="utf-8"?>`+"\n"+`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:new="urn:x-new" xml:lang="en"><title>Brightbean</title><id>tag:blog.example,2026:feed</id><link rel="alternate" href="/"/><updated>2026-11-01T09:00:00Z</updated>`...)
	case RSS:
		b = append(b, `<?xml version="1.0"?><rss version="2.0" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:new="urn:x-new"><channel><title>Brightbean</title><link>/</link><description>Coffee</description><language>en</language>`...)
		if s.o.TTL > 0 {
			b = fmt.Appendf(b, "<ttl>%d</ttl>", s.o.TTL)
		}
	case RDF:
		b = append(b, `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:new="urn:x-new"><channel rdf:about="/"><title>Brightbean</title><link>/</link><description>Coffee</description><dc:language>en</dc:language></channel>`...)
	case JSON:
		b = append(b, `{"version":"https://jsonfeed.org/version/1.1","title":"Brightbean","home_page_url":"/","language":"en","items":[`...)
	}
	b = s.lead(b)
	var parts []string
	for i := range list {
		parts = append(parts, string(s.write(nil, &list[i])))
	}
	if part := s.strange(f); part != "" {
		parts = append(parts, part)
	}
	if s.o.Format == JSON {
		return append(append(b, strings.Join(parts, ",")...), "]}"...)
	}
	b = append(b, strings.Join(parts, "\n")...)
	for _, guid := range s.deleted {
		b = fmt.Appendf(b, `<at:deleted-entry ref="%s" when="2026-11-01T10:00:00Z"/>`, html.EscapeString(guid))
	}
	return append(b, map[Format]string{Atom: "</feed>", RSS: "</channel></rss>", RDF: "</rdf:RDF>"}[s.o.Format]...)
}

// lead says in the head of the document where it leads, and when it is not to
// be asked.
func (s *Server) lead(b []byte) []byte {
	switch {
	case s.older == "":
	case s.o.Format == JSON:
		b = append(b[:len(b)-len(`"items":[`)], fmt.Sprintf(`"next_url":%s,"items":[`, quote(s.older))...)
	case s.o.Format == Atom:
		b = fmt.Appendf(b, `<link rel="next" href="%s"/>`, html.EscapeString(s.older))
	default:
		b = fmt.Appendf(b, `<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="prev-archive" href="%s"/>`, html.EscapeString(s.older))
	}
	if s.o.Format == RSS {
		b = append(b, s.o.Skip...)
	}
	return b
}

// strange is the part that a fault adds.
func (s *Server) strange(f Fault) string {
	name := map[Format]string{Atom: "entry", RSS: "item", RDF: "item"}[s.o.Format]
	switch {
	case f.Kind == Garbage && s.o.Format == JSON:
		return `["no item"]`
	case f.Kind == Garbage:
		return "<" + name + "><pubDate>never</pubDate><b attr=>&nothing;</tittle>\x00<</" + name + ">"
	case f.Kind == Unknown && s.o.Format == JSON:
		return `{"id":"unknown","title":"Unknown","_new":{"a":[1]},"content_text":"","tags":{"not":"a list"}}`
	case f.Kind == Unknown:
		return `<new:comet tail="1"><new:item/></new:comet><` + name + `><title>Unknown</title><new:thing a="b"><new:thing/></new:thing><later/></` + name + ">"
	case f.Kind == Oversized:
		e := entry{guid: "oversized", link: "/oversized"}
		e.post.Title, e.post.Text = "Large", strings.Repeat("x", f.Size)
		return string(s.write(nil, &e))
	}
	return ""
}

// write writes one entry.
func (s *Server) write(b []byte, e *entry) []byte {
	p := &e.post
	x := html.EscapeString
	content := "<p>" + strings.ReplaceAll(x(p.Text), "\n", "<br>") + "</p>"
	for _, l := range p.Links {
		content += `<p><a href="` + x(l) + `">more</a></p>`
	}
	switch s.o.Format {
	case Atom:
		b = fmt.Appendf(b, `<entry><id>%s</id><title>%s</title><link rel="alternate" href="%s"/><published>%s</published><updated>%s</updated>`,
			x(e.guid), x(p.Title), x(e.link), p.Published.Format(time.RFC3339), e.updated.Format(time.RFC3339))
		if p.Author.Name != "" {
			b = fmt.Appendf(b, "<author><name>%s</name></author>", x(p.Author.Name))
		}
		for _, t := range p.Hashtags {
			b = fmt.Appendf(b, `<category term="%s"/>`, x(t))
		}
		for _, m := range p.Media {
			b = fmt.Appendf(b, `<link rel="enclosure" type="%s/x" href="%s"/>`, m.Type, x(m.URL))
		}
		return fmt.Appendf(b, `<content type="html">%s</content></entry>`, x(content))
	case JSON:
		b = fmt.Appendf(b, `{"id":%s,"url":%s,"title":%s,"content_html":%s,"date_published":%q`,
			quote(e.guid), quote(e.link), quote(p.Title), quote(content), p.Published.Format(time.RFC3339))
		if p.Author.Name != "" {
			b = fmt.Appendf(b, `,"authors":[{"name":%s}]`, quote(p.Author.Name))
		}
		for i, t := range p.Hashtags {
			b = append(b, map[bool]string{true: `,"tags":[`, false: ","}[i == 0]...)
			b = append(b, quote(t)...)
		}
		if len(p.Hashtags) > 0 {
			b = append(b, ']')
		}
		for i, m := range p.Media {
			b = append(b, map[bool]string{true: `,"attachments":[`, false: ","}[i == 0]...)
			b = fmt.Appendf(b, `{"url":%s,"mime_type":"%s/x"}`, quote(m.URL), m.Type)
		}
		if len(p.Media) > 0 {
			b = append(b, ']')
		}
		return append(b, '}')
	}
	if s.o.Format == RDF {
		b = fmt.Appendf(b, `<item rdf:about="%s">`, x(e.guid))
	} else {
		b = fmt.Appendf(b, `<item><guid isPermaLink="false">%s</guid>`, x(e.guid))
	}
	b = fmt.Appendf(b, `<title>%s</title><link>%s</link>`, x(p.Title), x(e.link))
	if s.o.Format == RSS {
		b = fmt.Appendf(b, "<pubDate>%s</pubDate>", p.Published.Format(time.RFC1123Z))
		for _, t := range p.Hashtags {
			b = fmt.Appendf(b, "<category>%s</category>", x(t))
		}
		for _, m := range p.Media {
			b = fmt.Appendf(b, `<enclosure type="%s/x" length="1" url="%s"/>`, m.Type, x(m.URL))
		}
	} else {
		b = fmt.Appendf(b, "<dc:date>%s</dc:date>", p.Published.Format(time.RFC3339))
	}
	if p.Author.Name != "" {
		b = fmt.Appendf(b, "<dc:creator>%s</dc:creator>", x(p.Author.Name))
	}
	return fmt.Appendf(b, `<content:encoded><![CDATA[%s]]></content:encoded></item>`, content)
}

func quote(s string) string { return string(hearth.AppendQuoted(nil, s)) }
