package hearth

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendPost writes the post's document behind dst: one line of JSON without a
// line break, names in a fixed order, missing fields left out. DecodePost reads
// the same post back from it if the post passes Check; what is not UTF-8
// becomes U+FFFD. Corrections are written only: nobody corrects by sending a post.
func AppendPost(dst []byte, p *Post) []byte {
	w := documentWriter{b: append(dst, '{')}
	w.text("network", p.Network)
	w.text("id", p.ID)
	w.text("url", p.URL)
	w.text("kind", string(p.Kind))
	w.author(&p.Author)
	w.text("title", p.Title)
	w.name("text")
	w.quoted(p.Text)
	w.text("lang", p.Lang)
	w.time("published", p.Published)
	w.text("in_reply_to", p.InReplyTo)
	w.text("root", p.Root)
	w.text("quotes", p.Quotes)
	w.text("repost_of", p.RepostOf)
	texts(&w, "links", p.Links)
	w.media(p.Media)
	texts(&w, "hashtags", p.Hashtags)
	texts(&w, "mentions", p.Mentions)
	w.engagement(&p.Engagement)
	w.number("rating", p.Rating)
	w.text("item", p.Item)
	w.place(&p.Place)
	texts(&w, "tags", p.Tags)
	w.text("sentiment", string(p.Sentiment))
	w.number("sentiment_score", p.SentimentScore)
	texts(&w, "intent", p.Intent)
	w.truth("spam", p.Spam)
	w.corrections(p.Corrections)
	return append(w.b, '}')
}

// documentWriter writes members behind each other, commas between them.
type documentWriter struct{ b []byte }

func (w *documentWriter) author(a *Author) {
	if *a == (Author{}) {
		return
	}
	w.begin("author", '{')
	w.text("id", a.ID)
	w.text("handle", a.Handle)
	w.text("name", a.Name)
	w.text("url", a.URL)
	w.count("followers", a.Followers)
	w.truth("verified", a.Verified)
	w.truth("bot", a.Bot)
	w.b = append(w.b, '}')
}

func (w *documentWriter) engagement(e *Engagement) {
	if *e == (Engagement{}) {
		return
	}
	w.begin("engagement", '{')
	w.count("likes", e.Likes)
	w.count("replies", e.Replies)
	w.count("reposts", e.Reposts)
	w.count("quotes", e.Quotes)
	w.count("views", e.Views)
	w.b = append(w.b, '}')
}

func (w *documentWriter) place(p *Place) {
	if *p == (Place{}) {
		return
	}
	w.begin("place", '{')
	w.text("country", p.Country)
	w.text("region", p.Region)
	w.text("city", p.City)
	w.number("lat", p.Lat)
	w.number("lon", p.Lon)
	w.b = append(w.b, '}')
}

func (w *documentWriter) media(list []Media) {
	if len(list) == 0 {
		return
	}
	w.begin("media", '[')
	for i := range list {
		w.comma()
		w.b = append(w.b, '{')
		w.text("type", list[i].Type)
		w.text("url", list[i].URL)
		w.text("alt", list[i].Alt)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func (w *documentWriter) corrections(list []Correction) {
	if len(list) == 0 {
		return
	}
	w.begin("corrections", '[')
	for i := range list {
		c := &list[i]
		w.comma()
		w.b = append(w.b, '{')
		w.text("field", c.Field)
		w.text("machine", c.Machine)
		if c.By != 0 {
			w.name("by")
			w.b = strconv.AppendInt(w.b, int64(c.By), 10)
		}
		w.time("at", c.At)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func texts[S ~string](w *documentWriter, name string, list []S) {
	if len(list) == 0 {
		return
	}
	w.begin(name, '[')
	for _, s := range list {
		w.comma()
		w.quoted(string(s))
	}
	w.b = append(w.b, ']')
}

func (w *documentWriter) text(name, s string) {
	if s != "" {
		w.name(name)
		w.quoted(s)
	}
}

func (w *documentWriter) time(name string, t time.Time) {
	if t = t.UTC(); t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return
	}
	w.name(name)
	w.b = append(w.b, '"')
	w.b = t.AppendFormat(w.b, time.RFC3339Nano)
	w.b = append(w.b, '"')
}

func (w *documentWriter) count(name string, c Count) {
	if c.Known {
		w.name(name)
		w.b = strconv.AppendInt(w.b, c.N, 10)
	}
}

// number leaves out what JSON has no way to write.
func (w *documentWriter) number(name string, n Number) {
	if !n.Known || math.IsNaN(n.V) || math.IsInf(n.V, 0) {
		return
	}
	w.name(name)
	format := byte('f')
	if size := math.Abs(n.V); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	w.b = strconv.AppendFloat(w.b, n.V, format, -1, 64)
}

func (w *documentWriter) truth(name string, v Bool) {
	if v != Unknown {
		w.name(name)
		w.b = strconv.AppendBool(w.b, v == True)
	}
}

func (w *documentWriter) begin(name string, bracket byte) {
	w.name(name)
	w.b = append(w.b, bracket)
}

// name writes a member's name, which needs no escapes.
func (w *documentWriter) name(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *documentWriter) comma() {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *documentWriter) quoted(s string) { w.b = AppendQuoted(w.b, s) }

// AppendQuoted writes s behind dst as a JSON string; what is not UTF-8 becomes
// U+FFFD.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[from:i]...)
				dst = append(dst, "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, c)
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
