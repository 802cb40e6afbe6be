package hearth

import (
	"slices"
	"strings"
)

// Clone is a copy that shares no memory with p: what a decoded post points
// into (a frame, a line, a batch) may go.
func (p *Post) Clone() Post {
	c := *p
	c.Links = slices.Clone(p.Links)
	c.Hashtags = slices.Clone(p.Hashtags)
	c.Mentions = slices.Clone(p.Mentions)
	c.Tags = slices.Clone(p.Tags)
	c.Media = slices.Clone(p.Media)
	c.Intent = slices.Clone(p.Intent)
	c.Corrections = slices.Clone(p.Corrections)

	size := 0
	c.eachString(func(s *string) { size += len(*s) })
	var b strings.Builder
	b.Grow(size)
	c.eachString(func(s *string) {
		from := b.Len()
		b.WriteString(*s)
		*s = b.String()[from:]
	})
	return c
}

// eachString visits every string of the post, the words of enumerations too.
func (p *Post) eachString(f func(*string)) {
	for _, s := range [...]*string{
		&p.Network, &p.ID, &p.URL, (*string)(&p.Kind), &p.Title, &p.Text, &p.Lang,
		&p.Author.ID, &p.Author.Handle, &p.Author.Name, &p.Author.URL,
		&p.InReplyTo, &p.Root, &p.Quotes, &p.RepostOf,
		&p.Item, &p.Place.Country, &p.Place.Region, &p.Place.City, (*string)(&p.Sentiment),
	} {
		f(s)
	}
	for _, list := range [...][]string{p.Links, p.Hashtags, p.Mentions, p.Tags} {
		for i := range list {
			f(&list[i])
		}
	}
	for i := range p.Media {
		f(&p.Media[i].Type)
		f(&p.Media[i].URL)
		f(&p.Media[i].Alt)
	}
	for i := range p.Intent {
		f((*string)(&p.Intent[i]))
	}
	for i := range p.Corrections {
		f(&p.Corrections[i].Field)
		f(&p.Corrections[i].Machine)
	}
}
