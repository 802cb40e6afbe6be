package fake

import (
	"strconv"
	"strings"
	"time"

	"hearth"
)

// record writes the post as an app.bsky.feed.post record, members in the order
// in which Jetstream sends them.
func record(p *hearth.Post, at time.Time) []byte {
	created := p.Published
	if created.IsZero() {
		created = at
	}
	b := make([]byte, 0, 256+len(p.Text))
	b = append(b, `{"$type":"app.bsky.feed.post","createdAt":"`...)
	b = created.UTC().AppendFormat(b, "2006-01-02T15:04:05.999Z07:00")
	b = append(b, '"')
	b = embed(b, p)
	b = facets(b, p)
	if p.Lang != "" {
		b = append(b, `,"langs":[`...)
		b = hearth.AppendQuoted(b, p.Lang)
		b = append(b, ']')
	}
	if p.InReplyTo != "" {
		root := p.Root
		if root == "" {
			root = p.InReplyTo
		}
		b = append(b, `,"reply":{"parent":`...)
		b = reference(b, p.InReplyTo)
		b = append(b, `,"root":`...)
		b = reference(b, root)
		b = append(b, '}')
	}
	b = append(b, `,"text":`...)
	b = hearth.AppendQuoted(b, p.Text)
	return append(b, '}')
}

// reference writes a strong reference, which names a record and its version.
func reference(b []byte, uri string) []byte {
	b = append(b, `{"cid":"bafyreifakereference","uri":`...)
	b = hearth.AppendQuoted(b, uri)
	return append(b, '}')
}

// embed writes pictures, a film and a quoted post.
func embed(b []byte, p *hearth.Post) []byte {
	media := media(nil, p.Media)
	switch {
	case p.Quotes != "" && len(media) > 0:
		b = append(b, `,"embed":{"$type":"app.bsky.embed.recordWithMedia","media":`...)
		b = append(b, media...)
		b = append(b, `,"record":{"$type":"app.bsky.embed.record","record":`...)
		b = reference(b, p.Quotes)
		return append(b, `}}`...)
	case p.Quotes != "":
		b = append(b, `,"embed":{"$type":"app.bsky.embed.record","record":`...)
		b = reference(b, p.Quotes)
		return append(b, '}')
	case len(media) > 0:
		b = append(b, `,"embed":`...)
		return append(b, media...)
	}
	return b
}

const blob = `{"$type":"blob","ref":{"$link":"bafkreifakeblob"},"mimeType":"image/jpeg","size":120000}`

func media(b []byte, list []hearth.Media) []byte {
	if len(list) == 0 {
		return nil
	}
	if list[0].Type == "video" {
		b = append(b, `{"$type":"app.bsky.embed.video","alt":`...)
		b = hearth.AppendQuoted(b, list[0].Alt)
		return append(b, `,"video":`+blob+`}`...)
	}
	b = append(b, `{"$type":"app.bsky.embed.images","images":[`...)
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"alt":`...)
		b = hearth.AppendQuoted(b, m.Alt)
		b = append(b, `,"image":`+blob+`}`...)
	}
	return append(b, `]}`...)
}

// facets writes links, tags and mentions. A mention needs its place in the
// text, @handle; the others may stand anywhere.
func facets(b []byte, p *hearth.Post) []byte {
	open := `,"facets":[`
	add := func(from, to int, feature, value string) {
		b = append(b, open...)
		open = ","
		b = append(b, `{"features":[{"$type":"app.bsky.richtext.facet#`...)
		b = append(b, feature...)
		b = hearth.AppendQuoted(b, value)
		b = append(b, `}],"index":{"byteEnd":`...)
		b = strconv.AppendInt(b, int64(to), 10)
		b = append(b, `,"byteStart":`...)
		b = strconv.AppendInt(b, int64(from), 10)
		b = append(b, `}}`...)
	}
	for _, link := range p.Links {
		add(0, len(p.Text), `link","uri":`, link)
	}
	for _, tag := range p.Hashtags {
		add(0, len(p.Text), `tag","tag":`, strings.TrimPrefix(tag, "#"))
	}
	for _, handle := range p.Mentions {
		handle = "@" + strings.TrimPrefix(handle, "@")
		if at := strings.Index(p.Text, handle); at >= 0 {
			add(at, at+len(handle), `mention","did":`, "did:web:"+handle[1:])
		}
	}
	if open == "," {
		b = append(b, ']')
	}
	return b
}
