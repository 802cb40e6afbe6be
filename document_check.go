package hearth

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of a post: section 1 of the query language, and one for the
// strings it gives none.
const (
	maxNetwork  = 32    // bytes
	maxID       = 512   // bytes
	maxURL      = 2_048 // bytes
	maxTitle    = 1_000 // characters
	maxText     = 200_000
	maxItem     = 500
	maxAlt      = 10_000
	maxOther    = 10_000
	maxLinks    = 100 // entries
	maxMedia    = 50
	maxHashtags = 200
	maxMentions = 200
	maxTags     = 100
	maxIntents  = len(Intents)
)

var (
	sentiments = [...]Sentiment{Positive, Neutral, Negative}
	mediaTypes = [...]string{"image", "video", "audio"}
)

const notACount = "must be a whole number of 0 or more"

// Check is nil if the post has a network and an id and keeps within the limits
// of a post document, else an Invalid error that names the field.
func (p *Post) Check() error {
	if !IsNetworkName(p.Network) {
		return fieldError("network", "must be 1 to 32 of the characters a–z, 0–9 and -")
	}
	if len(p.ID) == 0 || len(p.ID) > maxID {
		return fieldError("id", "must be 1 to 512 bytes long")
	}
	if len(p.URL) > maxURL {
		return fieldError("url", "may be at most 2,048 bytes long")
	}
	var c checker
	c.text("title", p.Title, maxTitle)
	c.text("text", p.Text, maxText)
	c.text("item", p.Item, maxItem)
	c.others(p)
	c.lists(p)
	c.numbers(p)
	c.words(p)
	return c.err
}

// IsNetworkName says whether s can name a network in Post.Network.
func IsNetworkName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= maxNetwork
}

// checker keeps the first trouble.
type checker struct{ err error }

func (c *checker) refuse(field, problem string) {
	if c.err == nil {
		c.err = fieldError(field, problem)
	}
}

func (c *checker) text(field, s string, limit int) {
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		c.refuse(field, "may be at most "+thousands(limit)+" characters long")
	}
}

func (c *checker) others(p *Post) {
	c.text("author.id", p.Author.ID, maxOther)
	c.text("author.handle", p.Author.Handle, maxOther)
	c.text("author.name", p.Author.Name, maxOther)
	c.text("author.url", p.Author.URL, maxOther)
	c.text("lang", p.Lang, maxOther)
	c.text("in_reply_to", p.InReplyTo, maxOther)
	c.text("root", p.Root, maxOther)
	c.text("quotes", p.Quotes, maxOther)
	c.text("repost_of", p.RepostOf, maxOther)
	c.text("place.region", p.Place.Region, maxOther)
	c.text("place.city", p.Place.City, maxOther)
}

func (c *checker) lists(p *Post) {
	c.list("links", p.Links, maxLinks)
	c.list("hashtags", p.Hashtags, maxHashtags)
	c.list("mentions", p.Mentions, maxMentions)
	c.list("tags", p.Tags, maxTags)
	if len(p.Media) > maxMedia {
		c.refuse("media", tooMany(maxMedia))
	}
	for i := range p.Media {
		m := &p.Media[i]
		if m.Type != "" {
			known(c, "media.type", m.Type, mediaTypes[:])
		}
		c.text("media.url", m.URL, maxOther)
		c.text("media.alt", m.Alt, maxAlt)
	}
}

func (c *checker) list(field string, list []string, limit int) {
	if len(list) > limit {
		c.refuse(field, tooMany(limit))
	}
	for _, s := range list {
		c.text(field, s, maxOther)
	}
}

func (c *checker) numbers(p *Post) {
	c.count("author.followers", p.Author.Followers)
	c.count("engagement.likes", p.Engagement.Likes)
	c.count("engagement.replies", p.Engagement.Replies)
	c.count("engagement.reposts", p.Engagement.Reposts)
	c.count("engagement.quotes", p.Engagement.Quotes)
	c.count("engagement.views", p.Engagement.Views)
	c.between("rating", p.Rating, 0, 5)
	c.between("place.lat", p.Place.Lat, -90, 90)
	c.between("place.lon", p.Place.Lon, -180, 180)
	c.between("sentiment_score", p.SentimentScore, -1, 1)
}

func (c *checker) count(field string, n Count) {
	if n.Known && n.N < 0 {
		c.refuse(field, notACount)
	}
}

func (c *checker) between(field string, n Number, low, high float64) {
	if n.Known && !(low <= n.V && n.V <= high) || math.IsInf(n.V, 0) {
		c.refuse(field, "must be a number from "+strconv.FormatFloat(low, 'f', -1, 64)+" to "+strconv.FormatFloat(high, 'f', -1, 64))
	}
}

func (c *checker) words(p *Post) {
	if p.Kind != "" {
		known(c, "kind", p.Kind, Kinds[:])
	}
	if p.Sentiment != "" {
		known(c, "sentiment", p.Sentiment, sentiments[:])
	}
	if len(p.Intent) > maxIntents {
		c.refuse("intent", tooMany(maxIntents))
	}
	for _, i := range p.Intent {
		known(c, "intent", i, Intents[:])
	}
	if s := p.Place.Country; s != "" && (len(s) != 2 || !letter(s[0]) || !letter(s[1])) {
		c.refuse("place.country", "must be a code of two letters (ISO 3166-1)")
	}
}

func known[W ~string](c *checker, field string, word W, words []W) {
	for _, w := range words {
		if w == word {
			return
		}
	}
	c.refuse(field, "must be one of "+listed(words))
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func tooMany(limit int) string { return "may have at most " + thousands(limit) + " entries" }

func thousands(n int) string {
	s := strconv.Itoa(n)
	if len(s) > 3 {
		return s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}

func listed[W ~string](words []W) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
