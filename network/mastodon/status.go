package mastodon

import (
	"hearth"
	"hearth/jsonread"
)

// status reads the object at hand. Where outer is set it may also be an answer
// that holds statuses.
func (v *value) status(outer bool) (s status) {
	r := &v.r
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "id":
			s.id = r.TryID()
		case "uri":
			s.uri = r.TryText()
		case "url":
			s.url = r.TryText()
		case "created_at":
			s.created = r.TryText()
		case "edited_at":
			s.edited = r.TryText()
		case "content":
			s.hasContent = r.Kind() == jsonread.String
			s.content = r.TryText()
		case "spoiler_text":
			s.spoiler = r.TryText()
		case "visibility":
			s.visibility = r.TryText()
		case "language":
			s.lang = r.TryText()
		case "in_reply_to_id":
			s.replyTo = r.TryID()
		case "account":
			v.account(&s.account)
		case "reblog":
			if r.Kind() == jsonread.Object {
				boosted := v.status(false)
				s.boosted = &boosted
			}
		case "quote":
			s.quotes = v.quoted()
		case "card":
			s.card = v.member("url")
		case "media_attachments":
			v.media(&s)
		case "tags":
			v.each("name", &s.tags)
		case "mentions":
			v.each("acct", &s.mentions)
		case "replies_count":
			s.replies = v.count()
		case "reblogs_count":
			s.boosts = v.count()
		case "favourites_count":
			s.likes = v.count()
		default:
			if outer {
				v.wrapper(r.Key())
			}
		}
	}
	return s
}

// wrapper reads what holds statuses: search answers, threads, notifications.
func (v *value) wrapper(key string) {
	r := &v.r
	switch key {
	case "statuses", "ancestors", "descendants":
		if !r.TryArray() {
			return
		}
		v.many = true
		for r.Next() {
			if r.Kind() == jsonread.Object {
				v.list = append(v.list, v.status(false))
			}
		}
	case "status":
		if r.Kind() == jsonread.Object {
			v.many = true
			v.list = append(v.list, v.status(false))
		}
	case "error":
		v.errors = r.TryText()
	}
}

func (v *value) account(a *account) {
	r := &v.r
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "url":
			a.url = r.TryText()
		case "uri":
			a.uri = r.TryText()
		case "acct":
			a.acct = r.TryText()
		case "display_name":
			a.name = r.TryText()
		case "noindex":
			a.noindex, _ = r.TryBool()
		case "indexable":
			if yes, ok := r.TryBool(); ok {
				a.indexable = hearth.BoolOf(yes)
			}
		case "bot":
			if yes, ok := r.TryBool(); ok {
				a.bot = hearth.BoolOf(yes)
			}
		case "followers_count":
			a.followers = v.count()
		}
	}
}

// quoted is the uri of the quoted status.
func (v *value) quoted() (uri string) {
	r := &v.r
	if !r.TryObject() {
		return ""
	}
	for r.Next() {
		if r.Key() == "quoted_status" {
			uri = v.member("uri")
		}
	}
	return uri
}

func (v *value) media(s *status) {
	r := &v.r
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
				m.Type = map[string]string{"image": "image", "gifv": "video", "video": "video", "audio": "audio"}[r.TryText()]
			case "url":
				m.URL = r.TryText()
			case "description":
				m.Alt = r.TryText()
			}
		}
		if m != (hearth.Media{}) && len(s.media) < 200 {
			s.media = append(s.media, m)
		}
	}
}

// member reads one member of the object at hand.
func (v *value) member(name string) (value string) {
	r := &v.r
	if !r.TryObject() {
		return ""
	}
	for r.Next() {
		if r.Key() == name {
			value = r.TryText()
		}
	}
	return value
}

// each reads one member of every object in the array at hand.
func (v *value) each(name string, list *[]string) {
	if !v.r.TryArray() {
		return
	}
	for v.r.Next() {
		if s := v.member(name); s != "" && len(*list) <= 200 && !contains(*list, s) {
			*list = append(*list, s)
		}
	}
}

func (v *value) count() hearth.Count {
	if n, ok := v.r.TryInt64(); ok && n >= 0 {
		return hearth.KnownCount(n)
	}
	return hearth.Count{}
}
