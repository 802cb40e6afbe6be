package twitter

import (
	"hearth"
	"hearth/jsonread"
)

// extended reads what a stream keeps apart of a text beyond 140 characters.
func (d *decoder) extended(s *status) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "full_text":
			s.fullText = r.TryText()
		case "entities", "extended_entities":
			d.entities(s)
		}
	}
}

func (d *decoder) entities(s *status) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "hashtags":
			eachMember(r, "text", func(v string) { s.tags = appendNew(s.tags, v) })
		case "user_mentions":
			eachMember(r, "screen_name", func(v string) { s.mentions = appendNew(s.mentions, v) })
		case "urls":
			d.urls(s)
		case "media":
			d.media(s)
		}
	}
}

func (d *decoder) urls(s *status) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if !r.TryObject() {
			continue
		}
		var short, long string
		for r.Next() {
			switch r.Key() {
			case "url":
				short = r.TryText()
			case "expanded_url":
				long = r.TryText()
			}
		}
		if long == "" {
			long = short
		}
		s.links = appendNew(s.links, long)
	}
}

// media reads pictures and films. The extended entities repeat the first of the
// plain ones, and know more.
func (d *decoder) media(s *status) {
	r := &d.r
	if !r.TryArray() {
		return
	}
	for r.Next() {
		if !r.TryObject() {
			continue
		}
		var m hearth.Media
		for r.Next() {
			switch r.Key() {
			case "type":
				m.Type = mediaType(r.TryText())
			case "media_url_https":
				m.URL = r.TryText()
			case "media_url":
				if m.URL == "" {
					m.URL = r.TryText()
				}
			case "ext_alt_text":
				m.Alt = unescape(r.TryText())
			}
		}
		s.addMedia(m)
	}
}

func (s *status) addMedia(m hearth.Media) {
	for i := range s.media {
		if s.media[i].URL == m.URL {
			if m.Alt == "" {
				m.Alt = s.media[i].Alt
			}
			s.media[i] = m
			return
		}
	}
	if m != (hearth.Media{}) && len(s.media) < 200 {
		s.media = append(s.media, m)
	}
}

// coordinates reads a GeoJSON point: longitude, then latitude.
func (d *decoder) coordinates(p *hearth.Place) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		if r.Key() != "coordinates" || !r.TryArray() {
			continue
		}
		for i := 0; r.Next(); i++ {
			if r.Kind() != jsonread.Number {
				continue
			}
			switch v := hearth.KnownNumber(r.Float64()); i {
			case 0:
				p.Lon = v
			case 1:
				p.Lat = v
			}
		}
	}
}

func (d *decoder) place(p *hearth.Place) {
	r := &d.r
	if !r.TryObject() {
		return
	}
	var kind, name string
	for r.Next() {
		switch r.Key() {
		case "country_code":
			if c := r.TryText(); len(c) == 2 {
				p.Country = c
			}
		case "place_type":
			kind = r.TryText()
		case "name":
			name = r.TryText()
		}
	}
	switch kind {
	case "city":
		p.City = name
	case "admin":
		p.Region = name
	}
}
