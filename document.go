package hearth

import (
	"slices"
	"strings"

	"hearth/jsonread"
)

// DecodePost reads a post document, the JSON of section 1 of the query
// language, that stands on one line. Null, "" and [] mean missing, unknown
// names are ignored, a time that is none is missing; the network is taken in
// lower case. Network and id must be there, and text must be, though it may be "". The error is Invalid and names
// the field at fault: a value of the wrong kind, beyond a limit of Check, a
// name that appears twice, or no JSON at all.
//
// The strings of p share the memory of line; see Post.Clone.
func DecodePost(line string, p *Post) error { return DecodePostWith(line, p, nil) }

// DecodePostWith is DecodePost for documents that leave something out: complete
// (which may be nil) fills it in before the post is checked.
func DecodePostWith(line string, p *Post, complete func(*Post)) error {
	*p = Post{}
	var d documentReader
	d.r.Reset(line)
	if kind := d.r.Kind(); kind != jsonread.Object && kind != jsonread.None {
		return Errorf(Invalid, "A post is a JSON object, not %s.", kind)
	}
	d.post(p)
	if err := d.r.End(); err != nil {
		return Errorf(Invalid, "The post is %s.", err)
	}
	if d.err != nil {
		return d.err
	}
	if !d.hasText {
		return fieldError("text", `is required; write "" for a post without words`)
	}
	if complete != nil {
		complete(p)
	}
	return p.Check()
}

func fieldError(field, problem string) error {
	return &Error{Code: Invalid, Field: field, Message: field + " " + problem + "."}
}

// documentReader takes the document apart. It reads on after the first value
// of a wrong kind, so that broken JSON is found first.
type documentReader struct {
	r       jsonread.Reader
	err     error
	hasText bool
}

func (d *documentReader) post(p *Post) {
	d.r.Object()
	for d.r.Next() {
		switch d.r.Key() {
		case "network":
			p.Network = strings.ToLower(d.text("network"))
		case "id":
			p.ID = d.text("id")
		case "url":
			p.URL = d.text("url")
		case "kind":
			p.Kind = oneOf(d, "kind", Kinds[:])
		case "author":
			d.author(&p.Author)
		case "title":
			p.Title = d.text("title")
		case "text":
			d.hasText = d.r.Kind() != jsonread.Null
			p.Text = d.text("text")
		case "lang":
			p.Lang = d.text("lang")
		case "published":
			p.Published, _ = ParseTime(d.text("published"))
		case "in_reply_to":
			p.InReplyTo = d.text("in_reply_to")
		case "root":
			p.Root = d.text("root")
		case "quotes":
			p.Quotes = d.text("quotes")
		case "repost_of":
			p.RepostOf = d.text("repost_of")
		case "links":
			p.Links = d.texts("links", maxLinks)
		case "media":
			d.media(p)
		case "hashtags":
			p.Hashtags = d.texts("hashtags", maxHashtags)
		case "mentions":
			p.Mentions = d.texts("mentions", maxMentions)
		case "engagement":
			d.engagement(&p.Engagement)
		case "rating":
			p.Rating = d.number("rating")
		case "item":
			p.Item = d.text("item")
		case "place":
			d.place(&p.Place)
		case "tags":
			p.Tags = d.texts("tags", maxTags)
		case "sentiment":
			p.Sentiment = oneOf(d, "sentiment", sentiments[:])
		case "sentiment_score":
			p.SentimentScore = d.number("sentiment_score")
		case "intent":
			d.intent(p)
		case "spam":
			p.Spam = d.truth("spam")
		}
	}
}

func (d *documentReader) author(a *Author) {
	if !d.object("author") {
		return
	}
	for d.r.Next() {
		switch d.r.Key() {
		case "id":
			a.ID = d.text("author.id")
		case "handle":
			a.Handle = d.text("author.handle")
		case "name":
			a.Name = d.text("author.name")
		case "url":
			a.URL = d.text("author.url")
		case "followers":
			a.Followers = d.count("author.followers")
		case "verified":
			a.Verified = d.truth("author.verified")
		case "bot":
			a.Bot = d.truth("author.bot")
		}
	}
}

func (d *documentReader) engagement(e *Engagement) {
	if !d.object("engagement") {
		return
	}
	for d.r.Next() {
		switch d.r.Key() {
		case "likes":
			e.Likes = d.count("engagement.likes")
		case "replies":
			e.Replies = d.count("engagement.replies")
		case "reposts":
			e.Reposts = d.count("engagement.reposts")
		case "quotes":
			e.Quotes = d.count("engagement.quotes")
		case "views":
			e.Views = d.count("engagement.views")
		}
	}
}

func (d *documentReader) place(p *Place) {
	if !d.object("place") {
		return
	}
	for d.r.Next() {
		switch d.r.Key() {
		case "country":
			p.Country = d.text("place.country")
		case "region":
			p.Region = d.text("place.region")
		case "city":
			p.City = d.text("place.city")
		case "lat":
			p.Lat = d.number("place.lat")
		case "lon":
			p.Lon = d.number("place.lon")
		}
	}
}

func (d *documentReader) media(p *Post) {
	if !d.array("media") {
		return
	}
	for d.r.Next() {
		if !d.object("media") {
			continue
		}
		var m Media
		for d.r.Next() {
			switch d.r.Key() {
			case "type":
				m.Type = oneOf(d, "media.type", mediaTypes[:])
			case "url":
				m.URL = d.text("media.url")
			case "alt":
				m.Alt = d.text("media.alt")
			}
		}
		switch {
		case m == (Media{}):
		case len(p.Media) == maxMedia:
			d.refuse("media", tooMany(maxMedia))
		default:
			p.Media = append(p.Media, m)
		}
	}
}

func (d *documentReader) intent(p *Post) {
	if !d.array("intent") {
		return
	}
	for d.r.Next() {
		if i := oneOf(d, "intent", Intents[:]); i != "" && !slices.Contains(p.Intent, i) {
			p.Intent = append(p.Intent, i)
		}
	}
}

// The readers of single values leave null as missing and refuse other kinds.

func (d *documentReader) text(field string) string {
	switch d.r.Kind() {
	case jsonread.String:
		return d.r.Text()
	case jsonread.Null:
	default:
		d.refuse(field, "must be a string")
	}
	return ""
}

func (d *documentReader) texts(field string, limit int) (list []string) {
	if !d.array(field) {
		return nil
	}
	for d.r.Next() {
		switch s := d.text(field); {
		case s == "":
		case len(list) == limit:
			d.refuse(field, tooMany(limit))
		default:
			list = append(list, s)
		}
	}
	return list
}

func (d *documentReader) count(field string) Count {
	switch d.r.Kind() {
	case jsonread.Number:
		if n, ok := d.r.TryInt64(); ok {
			return KnownCount(n)
		}
		d.refuse(field, notACount)
	case jsonread.Null:
	default:
		d.refuse(field, notACount)
	}
	return Count{}
}

func (d *documentReader) number(field string) Number {
	switch d.r.Kind() {
	case jsonread.Number:
		return KnownNumber(d.r.Float64())
	case jsonread.Null:
	default:
		d.refuse(field, "must be a number")
	}
	return Number{}
}

func (d *documentReader) truth(field string) Bool {
	switch d.r.Kind() {
	case jsonread.Bool:
		return BoolOf(d.r.Bool())
	case jsonread.Null:
	default:
		d.refuse(field, "must be true or false")
	}
	return Unknown
}

func (d *documentReader) object(field string) bool {
	if d.r.TryObject() {
		return true
	}
	if d.r.Kind() != jsonread.Null {
		d.refuse(field, "must be an object")
	}
	return false
}

func (d *documentReader) array(field string) bool {
	if d.r.TryArray() {
		return true
	}
	if d.r.Kind() != jsonread.Null {
		d.refuse(field, "must be an array")
	}
	return false
}

func (d *documentReader) refuse(field, problem string) {
	if d.err == nil {
		d.err = fieldError(field, problem)
	}
}

// oneOf reads one of the given words; the result does not share the input's
// memory.
func oneOf[W ~string](d *documentReader, field string, words []W) W {
	s := d.text(field)
	if s == "" {
		return ""
	}
	for _, w := range words {
		if s == string(w) {
			return w
		}
	}
	d.refuse(field, "must be one of "+listed(words))
	return ""
}
