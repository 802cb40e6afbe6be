package querytest

import (
	"strings"
	"time"

	"hearth"
)

// Post is a post of a few words in which most fields are sometimes missing.
func (g *Generator) Post() hearth.Post {
	p := hearth.Post{Network: g.pick(networks), ID: g.pick(ids), Text: g.text(g.rand.IntN(16))}
	if g.chance(3) {
		p.Title = g.text(1 + g.rand.IntN(4))
	}
	for range g.few() {
		p.Media = append(p.Media, hearth.Media{Type: g.pick([]string{"image", "video", "audio"}), Alt: g.text(g.rand.IntN(4))})
	}
	if g.chance(2) {
		p.Author = hearth.Author{ID: g.maybe(ids), Handle: g.maybe(handles), Name: g.maybe(names), Followers: g.count(), Verified: g.truth(), Bot: g.truth()}
	}
	if g.chance(2) {
		p.Engagement = hearth.Engagement{Likes: g.count(), Replies: g.count(), Reposts: g.count(), Quotes: g.count(), Views: g.count()}
	}
	if g.chance(2) {
		p.Place = hearth.Place{Country: g.maybe(countries), Region: g.maybe(cities), City: g.maybe(cities), Lat: g.decimal(), Lon: g.decimal()}
	}
	p.URL, p.Lang, p.Item = g.maybe(addresses), g.maybe(languages), g.maybe(names)
	p.InReplyTo, p.Root, p.Quotes, p.RepostOf = g.maybe(ids), g.maybe(ids), g.maybe(ids), g.maybe(ids)
	p.Links, p.Tags = g.several(addresses), g.several(tags)
	p.Hashtags = g.several([]string{"apple", "#Apple", "niño", "手机壳", "apples", "#"})
	p.Mentions = g.several([]string{"ann", "@Ann", "joe.smith", "@ann@example.social"})
	if g.chance(3) {
		p.Kind = hearth.Kinds[g.rand.IntN(len(hearth.Kinds))]
	}
	if g.chance(2) {
		p.Published, _ = hearth.ParseTime(g.pick(days))
	}
	p.Rating, p.Spam = g.decimal(), g.truth()
	p.Sentiment = hearth.Sentiment(g.maybe([]string{"positive", "neutral", "negative"}))
	for range g.few() {
		p.Intent = append(p.Intent, hearth.Intents[g.rand.IntN(len(hearth.Intents))])
	}
	if g.chance(3) {
		p.Corrections = []hearth.Correction{{
			Field: g.pick([]string{"lang", "sentiment", "intent", "spam"}), Machine: g.maybe([]string{"en", "true"}), By: hearth.UserID(5 + 12*g.rand.IntN(2)), At: time.Unix(1_900_000_000, 0).UTC(),
		}}
	}
	return p
}

// text is n words with something between them.
func (g *Generator) text(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(g.pick(gaps))
		}
		b.WriteString(g.pick(g.words))
	}
	return b.String()
}

func (g *Generator) few() int { return max(0, g.rand.IntN(5)-2) }

func (g *Generator) maybe(list []string) string {
	if g.chance(2) {
		return g.pick(list)
	}
	return ""
}

func (g *Generator) several(list []string) []string {
	var some []string
	for range g.few() {
		some = append(some, g.pick(list))
	}
	return some
}

func (g *Generator) count() hearth.Count {
	if g.chance(3) {
		return hearth.Count{}
	}
	return hearth.KnownCount(int64(g.rand.IntN(5)))
}

func (g *Generator) decimal() hearth.Number {
	if g.chance(3) {
		return hearth.Number{}
	}
	return hearth.KnownNumber(float64(g.rand.IntN(10)) / 2)
}

func (g *Generator) truth() hearth.Bool {
	return hearth.Bool(g.rand.IntN(3))
}
