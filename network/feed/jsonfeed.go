package feed

import (
	"strings"

	"hearth"
	"hearth/jsonread"
)

// parseJSON reads a JSON Feed, version 1 or 1.1.
func parseJSON(s string) (d document, err error) {
	var r jsonread.Reader
	r.Reset(s)
	d.before, d.behind = `{"version":"https://jsonfeed.org/version/1.1","items":[`, "]}"
	isFeed := false
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "version":
			isFeed = isFeed || strings.Contains(r.TryText(), "jsonfeed.org/version/")
		case "title":
			d.title = r.TryText()
		case "home_page_url":
			d.link = r.TryText()
		case "language":
			d.lang = r.TryText()
		case "feed_url":
			d.hub.take("self", r.TryText())
		case "hubs":
			for list := r.TryArray(); list && r.Next(); {
				d.hub.take("hub", jsonHub(&r))
			}
		case "next_url":
			d.older = r.TryText()
		case "author":
			d.author = jsonName(&r, d.author)
		case "authors":
			for list := r.TryArray(); list && r.Next(); {
				d.author = jsonName(&r, d.author)
			}
		case "items":
			for list := r.TryArray(); list && r.Next(); {
				if len(d.entries) == maxEntries {
					d.more = true
					r.Skip()
					continue
				}
				d.entries = append(d.entries, entry{raw: r.Raw()})
			}
		}
	}
	if err := r.End(); err != nil {
		return document{}, hearth.Errorf(hearth.Unavailable, "The feed is %v.", err)
	}
	if !isFeed {
		return document{}, hearth.Errorf(hearth.Unavailable, "What the address gives is JSON but no JSON Feed.")
	}
	for i := range d.entries {
		d.entries[i].readJSON()
	}
	return d, nil
}

// jsonHub is the address of a hub, if it is one of WebSub.
func jsonHub(r *jsonread.Reader) (address string) {
	kind := ""
	for object := r.TryObject(); object && r.Next(); {
		switch r.Key() {
		case "type":
			kind = r.TryText()
		case "url":
			address = r.TryText()
		}
	}
	if !strings.EqualFold(kind, "WebSub") {
		return ""
	}
	return address
}

// readJSON reads the item in e.raw.
func (e *entry) readJSON() {
	var r jsonread.Reader
	r.Reset(e.raw)
	if r.Kind() != jsonread.Object {
		e.problem = "The entry is " + r.Kind().String() + " and not an item."
		return
	}
	var summary, external, image, banner string
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "id":
			e.guid = r.TryID()
		case "url":
			e.link = r.TryText()
		case "external_url":
			external = r.TryText()
		case "title":
			e.title = r.TryText()
		case "content_html":
			e.html = r.TryText()
		case "content_text":
			e.text = r.TryText()
		case "summary":
			summary = r.TryText()
		case "image":
			image = r.TryText()
		case "banner_image":
			banner = r.TryText()
		case "language":
			e.lang = r.TryText()
		case "date_published":
			e.published, _ = hearth.ParseTime(r.TryText())
		case "date_modified":
			e.updated, _ = hearth.ParseTime(r.TryText())
		case "author":
			e.author = jsonName(&r, e.author)
		case "authors":
			for list := r.TryArray(); list && r.Next(); {
				e.author = jsonName(&r, e.author)
			}
		case "tags":
			for list := r.TryArray(); list && r.Next(); {
				e.tags = append(e.tags, r.TryText())
			}
		case "attachments":
			for list := r.TryArray(); list && r.Next(); {
				e.attachment(&r)
			}
		}
	}
	if err := r.End(); err != nil {
		e.problem = "The entry is " + err.Error() + "."
		return
	}
	if e.html == "" && e.text == "" {
		e.text = summary
	}
	if e.link == "" {
		e.link = external
	}
	e.addMedia("image", image, "")
	e.addMedia("image", banner, "")
}

func (e *entry) attachment(r *jsonread.Reader) {
	var address, kind, title string
	for object := r.TryObject(); object && r.Next(); {
		switch r.Key() {
		case "url":
			address = r.TryText()
		case "mime_type":
			kind = r.TryText()
		case "title":
			title = r.TryText()
		}
	}
	e.addMedia(kind, address, title)
}

// jsonName reads an author; the first one with a name stays.
func jsonName(r *jsonread.Reader, have string) string {
	name := ""
	for object := r.TryObject(); object && r.Next(); {
		if r.Key() == "name" {
			name = r.TryText()
		}
	}
	if have != "" {
		return have
	}
	return line(name)
}
