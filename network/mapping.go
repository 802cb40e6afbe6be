package network

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
)

// Mapping says which column or name of a file becomes which field of a post,
// for files that are no post documents. It is made of settings, see
// MappingFields.
type Mapping struct {
	network string
	targets map[string]string // column, in lower case → field
	zone    *time.Location
}

// MappingFields are the settings that a Mapping is made of.
func MappingFields() []Field {
	return []Field{
		{
			Name: "network", Title: "Network",
			Help: "Network of the posts in the file, where a record does not name one; lower case.",
			Check: func(v string) error {
				if !hearth.IsNetworkName(v) {
					return hearth.Errorf(hearth.Invalid, "a network's name has 1 to 32 of the characters a–z, 0–9 and -.")
				}
				return nil
			},
		},
		{
			Name: "map", Title: "Mapping",
			Help:  "Which column becomes which field, like text=body,id=tweet_id,author.handle=user; columns with the name of a field need none.",
			Check: func(v string) error { _, err := parseTargets(v); return err },
		},
		{
			Name: "zone", Title: "Time zone", Default: "UTC",
			Help:  "Time zone of times that name none, like Europe/Helsinki.",
			Check: func(v string) error { _, err := loadZone(v); return err },
		},
	}
}

// NewMapping reads the settings of MappingFields.
func NewMapping(settings map[string]string) (*Mapping, error) {
	targets, err := parseTargets(settings["map"])
	if err != nil {
		return nil, err
	}
	zone, err := loadZone(settings["zone"])
	if err != nil {
		return nil, err
	}
	return &Mapping{network: settings["network"], targets: targets, zone: zone}, nil
}

func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name) // "" is UTC
	if err != nil || name == "Local" {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not a time zone like Europe/Helsinki.", name)
	}
	return zone, nil
}

// mappable are the fields of a post that a column can become.
var mappable = []string{
	"network", "id", "url", "kind", "title", "text", "lang", "published", "in_reply_to", "root", "quotes", "repost_of", "links",
	"hashtags", "mentions", "rating", "item", "tags", "author.id", "author.handle", "author.name", "author.url", "author.followers",
	"author.verified", "author.bot", "engagement.likes", "engagement.replies", "engagement.reposts", "engagement.quotes", "engagement.views",
	"place.country", "place.region", "place.city", "place.lat", "place.lon", "sentiment", "intent", "spam",
}

// parseTargets reads "field=column,field=column".
func parseTargets(s string) (map[string]string, error) {
	targets := make(map[string]string, len(mappable))
	for _, field := range mappable {
		targets[field] = field
	}
	if strings.TrimSpace(s) == "" {
		return targets, nil
	}
	for _, pair := range strings.Split(s, ",") {
		field, column, ok := strings.Cut(pair, "=")
		field, column = strings.TrimSpace(field), strings.ToLower(strings.TrimSpace(column))
		if !ok || column == "" {
			return nil, hearth.Errorf(hearth.Invalid, "%q is not written like text=body.", pair)
		}
		if !known(field) {
			return nil, hearth.Errorf(hearth.Invalid, "There is no field %q to map to; there is %s.", field, strings.Join(mappable, ", "))
		}
		if targets[field] == field {
			delete(targets, field) // the column of that name is not meant
		}
		targets[column] = field
	}
	return targets, nil
}

func known(field string) bool {
	for _, f := range mappable {
		if f == field {
			return true
		}
	}
	return false
}

// Field is the field that a column becomes, "" for none.
func (m *Mapping) Field(column string) string {
	return m.targets[strings.ToLower(strings.TrimSpace(column))]
}

// Finish completes a post whose columns have been set: the network, and for a
// post without an id one made of the raw record, so that the same record is the
// same post whenever it comes.
func (m *Mapping) Finish(p *hearth.Post, raw string) {
	if p.Network == "" {
		p.Network = m.network
	}
	if p.ID == "" && p.Network != "" {
		sum := sha256.Sum256([]byte(raw))
		p.ID = "import-" + hex.EncodeToString(sum[:12])
	}
}

// Set sets a field from a column's text. An empty text is nothing. The error
// names the field and is a sentence.
func (m *Mapping) Set(p *hearth.Post, field, value string) error {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil
	}
	if s := textField(p, field); s != nil {
		*s = value
		return nil
	}
	if n := countField(p, field); n != nil {
		return setCount(n, field, value)
	}
	if n := numberField(p, field); n != nil {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return unreadable(field, value, "a number")
		}
		*n = hearth.KnownNumber(v)
		return nil
	}
	switch field {
	case "network":
		p.Network = strings.ToLower(value)
	case "kind":
		p.Kind = hearth.Kind(strings.ToLower(value))
	case "sentiment":
		p.Sentiment = hearth.Sentiment(strings.ToLower(value))
	case "intent":
		for _, s := range splitList(strings.ToLower(value), " ,;|\t\n") {
			p.Intent = append(p.Intent, hearth.Intent(s))
		}
	case "published":
		t, ok := m.parseTime(value)
		if !ok {
			return unreadable(field, value, "a time")
		}
		p.Published = t
	case "links":
		p.Links = splitList(value, " |\t\n")
	case "hashtags":
		p.Hashtags = splitList(value, " ,;|\t\n")
	case "mentions":
		p.Mentions = splitList(value, " ,;|\t\n")
	case "tags":
		p.Tags = splitList(value, ",;|\n")
	case "author.verified":
		return setBool(&p.Author.Verified, field, value)
	case "author.bot":
		return setBool(&p.Author.Bot, field, value)
	case "spam":
		return setBool(&p.Spam, field, value)
	}
	return nil
}

func textField(p *hearth.Post, field string) *string {
	switch field {
	case "id":
		return &p.ID
	case "url":
		return &p.URL
	case "title":
		return &p.Title
	case "text":
		return &p.Text
	case "lang":
		return &p.Lang
	case "in_reply_to":
		return &p.InReplyTo
	case "root":
		return &p.Root
	case "quotes":
		return &p.Quotes
	case "repost_of":
		return &p.RepostOf
	case "item":
		return &p.Item
	case "author.id":
		return &p.Author.ID
	case "author.handle":
		return &p.Author.Handle
	case "author.name":
		return &p.Author.Name
	case "author.url":
		return &p.Author.URL
	case "place.country":
		return &p.Place.Country
	case "place.region":
		return &p.Place.Region
	case "place.city":
		return &p.Place.City
	}
	return nil
}

func countField(p *hearth.Post, field string) *hearth.Count {
	switch field {
	case "author.followers":
		return &p.Author.Followers
	case "engagement.likes":
		return &p.Engagement.Likes
	case "engagement.replies":
		return &p.Engagement.Replies
	case "engagement.reposts":
		return &p.Engagement.Reposts
	case "engagement.quotes":
		return &p.Engagement.Quotes
	case "engagement.views":
		return &p.Engagement.Views
	}
	return nil
}

func numberField(p *hearth.Post, field string) *hearth.Number {
	switch field {
	case "rating":
		return &p.Rating
	case "place.lat":
		return &p.Place.Lat
	case "place.lon":
		return &p.Place.Lon
	}
	return nil
}

// setCount takes 12 and also 12.0, which tables of numbers write.
func setCount(c *hearth.Count, field, value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return unreadable(field, value, "a whole number")
		}
		n = int64(v)
	}
	*c = hearth.KnownCount(n)
	return nil
}

func setBool(b *hearth.Bool, field, value string) error {
	switch strings.ToLower(value) {
	case "true", "yes", "1", "t", "y":
		*b = hearth.True
	case "false", "no", "0", "f", "n":
		*b = hearth.False
	default:
		return unreadable(field, value, "true or false")
	}
	return nil
}

// splitList reads a list in one text: a JSON array of strings, or entries
// between separators.
func splitList(value, separators string) (list []string) {
	if strings.HasPrefix(value, "[") {
		var r jsonread.Reader
		r.Reset(value)
		r.Array()
		for r.Next() {
			if s := r.TryText(); s != "" {
				list = append(list, s)
			}
		}
		if r.End() == nil {
			return list
		}
		list = nil
	}
	return strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(separators, r) })
}

// layouts are notations of time besides RFC 3339. Those without a zone are read
// in the mapping's.
var layouts = []string{
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05-0700", time.RubyDate, time.RFC1123Z, time.RFC1123,
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
}

func (m *Mapping) parseTime(s string) (time.Time, bool) {
	if t, ok := hearth.ParseTime(s); ok {
		return t, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch len(s) {
		case 10: // seconds
			return time.Unix(n, 0).UTC(), true
		case 13: // milliseconds
			return time.UnixMilli(n).UTC(), true
		}
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, m.zone); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func unreadable(field, value, want string) error {
	if len(value) > 60 {
		value = strings.ToValidUTF8(value[:60], "") + "…"
	}
	return &hearth.Error{Code: hearth.Invalid, Field: field, Message: field + ": " + strconv.Quote(value) + " is not " + want + "."}
}
