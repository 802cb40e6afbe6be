package bluesky

import (
	"slices"
	"strings"

	"hearth"
)

// record reads the members of an app.bsky.feed.post record. Anybody can write
// anything into a record, so members of a wrong kind are passed over.
func (d *Decoder) record(p *hearth.Post) {
	r := &d.r
	for r.Next() {
		switch r.Key() {
		case "text":
			p.Text = r.TryText()
		case "createdAt":
			p.Published, _ = hearth.ParseTime(r.TryText())
		case "langs":
			d.langs(p)
		case "reply":
			d.reply(p)
		case "facets":
			d.facets(p)
		case "tags":
			if r.TryArray() {
				for r.Next() {
					p.Hashtags = appendNew(p.Hashtags, r.TryText())
				}
			}
		case "embed":
			if r.TryObject() {
				d.embed(p)
			}
		}
	}
}

// finishRecord adds what can only be known at the record's end.
func (d *Decoder) finishRecord(p *hearth.Post) {
	raw := &d.raw
	for _, m := range raw.mentions {
		p.Mentions = appendNew(p.Mentions, mention(p.Text, m))
	}
	if raw.video && len(p.Media) <= listRoom {
		p.Media = append(p.Media, hearth.Media{Type: "video", Alt: raw.embedAlt})
	}
}

// mention is the handle as the text spells it, or the account's id where the
// facet points beside it.
func mention(text string, m span) string {
	if 0 <= m.from && m.from < m.to && m.to <= int64(len(text)) && text[m.from] == '@' {
		return text[m.from+1 : m.to]
	}
	return m.did
}

func (d *Decoder) langs(p *hearth.Post) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if p.Lang == "" {
			p.Lang = r.TryText()
		}
	}
}

func (d *Decoder) reply(p *hearth.Post) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "root":
			p.Root = d.uri()
		case "parent":
			p.InReplyTo = d.uri()
		}
	}
}

// uri reads the uri of a strong reference.
func (d *Decoder) uri() (uri string) {
	r := &d.r
	if !r.TryObject() {
		return ""
	}
	for r.Next() {
		if r.Key() == "uri" {
			uri = r.TryText()
		}
	}
	return uri
}

func (d *Decoder) facets(p *hearth.Post) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if r.TryObject() {
			d.facet(p)
		}
	}
}

func (d *Decoder) facet(p *hearth.Post) {
	r, raw := &d.r, &d.raw
	var s span
	first := len(raw.mentions)
	for r.Next() {
		switch r.Key() {
		case "index":
			if !r.TryObject() {
				continue
			}
			for r.Next() {
				switch r.Key() {
				case "byteStart":
					s.from, _ = r.TryInt64()
				case "byteEnd":
					s.to, _ = r.TryInt64()
				}
			}
		case "features":
			d.features(p)
		}
	}
	for i := first; i < len(raw.mentions); i++ {
		raw.mentions[i].from, raw.mentions[i].to = s.from, s.to
	}
}

// features reads links, tags and mentions; each has a member of its own, so
// the type need not be known.
func (d *Decoder) features(p *hearth.Post) {
	r, raw := &d.r, &d.raw
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if !r.TryObject() {
			continue
		}
		for r.Next() {
			switch r.Key() {
			case "uri":
				p.Links = appendNew(p.Links, r.TryText())
			case "tag":
				p.Hashtags = appendNew(p.Hashtags, r.TryText())
			case "did":
				if did := r.TryText(); did != "" && len(raw.mentions) <= listRoom {
					raw.mentions = append(raw.mentions, span{did: did})
				}
			}
		}
	}
}

// embed reads the members of any embed. Each kind has members of its own:
// images, items (gallery), external, video, record, and media (with a record).
func (d *Decoder) embed(p *hearth.Post) {
	r, raw := &d.r, &d.raw
	for r.Next() {
		switch r.Key() {
		case "images", "items":
			d.images(p)
		case "external":
			p.Links = appendNew(p.Links, d.uri())
		case "video":
			raw.video = true
		case "alt":
			raw.embedAlt = r.TryText()
		case "record":
			d.quoted(p)
		case "media":
			if r.TryObject() {
				d.embed(p)
			}
		}
	}
}

// quoted reads a reference to a record, which recordWithMedia wraps once more.
// Lists, feeds and packs are referred to in the same way and are no quotes.
func (d *Decoder) quoted(p *hearth.Post) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "uri":
			if uri := r.TryText(); strings.Contains(uri, "/"+postCollection+"/") {
				p.Quotes = uri
			}
		case "record":
			d.quoted(p)
		}
	}
}

func (d *Decoder) images(p *hearth.Post) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if !r.TryObject() {
			continue
		}
		m := hearth.Media{Type: "image"}
		for r.Next() {
			if r.Key() == "alt" {
				m.Alt = r.TryText()
			}
		}
		if len(p.Media) <= listRoom {
			p.Media = append(p.Media, m)
		}
	}
}

// listRoom is more than any list of a post may hold: a longer one is not read
// further, and Check refuses the post.
const listRoom = 200

func appendNew(list []string, s string) []string {
	if s == "" || len(list) > listRoom || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
