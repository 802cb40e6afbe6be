package twitter

import (
	"hearth"
	"hearth/jsonread"
)

// readIncludes reads what the posts of a page refer to.
func (p *page) readIncludes() error {
	if p.includes == "" {
		return nil
	}
	p.users, p.posts = map[string]hearth.Author{}, map[string]post{}
	p.media, p.places = map[string]hearth.Media{}, map[string]hearth.Place{}
	var r jsonread.Reader
	r.Reset(p.includes)
	if !r.TryObject() {
		return r.End()
	}
	for r.Next() {
		take := map[string]func(*jsonread.Reader){
			"users": p.user, "tweets": p.post, "posts": p.post, "media": p.medium, "places": p.place,
		}[r.Key()]
		if take == nil || !r.TryArray() {
			continue
		}
		for r.Next() {
			take(&r)
		}
	}
	return r.End()
}

func (p *page) user(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	var a hearth.Author
	for r.Next() {
		switch r.Key() {
		case "id":
			a.ID = r.TryID()
		case "username":
			a.Handle = r.TryText()
		case "name":
			a.Name = r.TryText()
		case "verified":
			if v, ok := r.TryBool(); ok {
				a.Verified = hearth.BoolOf(v)
			}
		case "public_metrics":
			if !r.TryObject() {
				continue
			}
			for r.Next() {
				if r.Key() == "followers_count" {
					if n, ok := r.TryInt64(); ok && n >= 0 {
						a.Followers = hearth.KnownCount(n)
					}
				}
			}
		}
	}
	a.URL = profile(a.Handle)
	p.users[a.ID] = a
}

func (p *page) post(r *jsonread.Reader) {
	t := readPost(r)
	p.posts[t.id] = t
}

func (p *page) medium(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	var key, preview string
	var m hearth.Media
	for r.Next() {
		switch r.Key() {
		case "media_key":
			key = r.TryText()
		case "type":
			m.Type = mediaType(r.TryText())
		case "url":
			m.URL = r.TryText()
		case "preview_image_url":
			preview = r.TryText()
		case "alt_text":
			m.Alt = unescape(r.TryText())
		}
	}
	if m.URL == "" {
		m.URL = preview
	}
	if m.Type != "" || m.URL != "" {
		p.media[key] = m
	}
}

func (p *page) place(r *jsonread.Reader) {
	if !r.TryObject() {
		return
	}
	var id, kind, name string
	var place hearth.Place
	for r.Next() {
		switch r.Key() {
		case "id":
			id = r.TryText()
		case "place_type":
			kind = r.TryText()
		case "name":
			name = r.TryText()
		case "country_code":
			if c := r.TryText(); len(c) == 2 {
				place.Country = c
			}
		}
	}
	switch kind {
	case "city":
		place.City = name
	case "admin":
		place.Region = name
	}
	p.places[id] = place
}
