package archive

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"hearth"
)

// The stored form of a post: a word of presence bits, then the fields that are
// there, in the order of the bits. It is a third of the JSON document's length
// before compression and is read ten times faster. The order of the bits never
// changes; a new field takes the next one.
const (
	hasKind = 1 << iota
	hasURL
	hasAuthorID
	hasHandle
	hasName
	hasAuthorURL
	hasFollowers
	hasVerified
	hasTitle
	hasText
	hasLang
	hasPublished
	hasInReplyTo
	hasRoot
	hasQuotes
	hasRepostOf
	hasLinks
	hasMedia
	hasHashtags
	hasMentions
	hasLikes
	hasReplies
	hasReposts
	hasQuoteCount
	hasViews
	hasRating
	hasItem
	hasCountry
	hasRegion
	hasCity
	hasLat
	hasLon
	hasTags
	hasSentiment
	hasScore
	hasIntent
	hasSpam
	hasEverything = 1<<iota - 1
)

// present is the word of presence bits of a post.
func present(p *hearth.Post) (bits uint64) {
	set := func(there bool, bit uint64) {
		if there {
			bits |= bit
		}
	}
	set(p.Kind != "", hasKind)
	set(p.URL != "", hasURL)
	set(p.Author.ID != "", hasAuthorID)
	set(p.Author.Handle != "", hasHandle)
	set(p.Author.Name != "", hasName)
	set(p.Author.URL != "", hasAuthorURL)
	set(p.Author.Followers.Known, hasFollowers)
	set(p.Author.Verified != hearth.Unknown, hasVerified)
	set(p.Title != "", hasTitle)
	set(p.Text != "", hasText)
	set(p.Lang != "", hasLang)
	set(!p.Published.IsZero(), hasPublished)
	set(p.InReplyTo != "", hasInReplyTo)
	set(p.Root != "", hasRoot)
	set(p.Quotes != "", hasQuotes)
	set(p.RepostOf != "", hasRepostOf)
	set(len(p.Links) > 0, hasLinks)
	set(len(p.Media) > 0, hasMedia)
	set(len(p.Hashtags) > 0, hasHashtags)
	set(len(p.Mentions) > 0, hasMentions)
	set(p.Engagement.Likes.Known, hasLikes)
	set(p.Engagement.Replies.Known, hasReplies)
	set(p.Engagement.Reposts.Known, hasReposts)
	set(p.Engagement.Quotes.Known, hasQuoteCount)
	set(p.Engagement.Views.Known, hasViews)
	set(p.Rating.Known, hasRating)
	set(p.Item != "", hasItem)
	set(p.Place.Country != "", hasCountry)
	set(p.Place.Region != "", hasRegion)
	set(p.Place.City != "", hasCity)
	set(p.Place.Lat.Known, hasLat)
	set(p.Place.Lon.Known, hasLon)
	set(len(p.Tags) > 0, hasTags)
	set(p.Sentiment != "", hasSentiment)
	set(p.SentimentScore.Known, hasScore)
	set(len(p.Intent) > 0, hasIntent)
	set(p.Spam != hearth.Unknown, hasSpam)
	return bits
}

// appendPost adds the stored form of p to dst.
func appendPost(dst []byte, p *hearth.Post) []byte {
	w := writer{b: dst}
	w.bits = present(p)
	w.number(w.bits)
	w.text(p.Network)
	w.text(p.ID)
	w.textIf(hasKind, string(p.Kind))
	w.textIf(hasURL, p.URL)
	w.textIf(hasAuthorID, p.Author.ID)
	w.textIf(hasHandle, p.Author.Handle)
	w.textIf(hasName, p.Author.Name)
	w.textIf(hasAuthorURL, p.Author.URL)
	w.countIf(hasFollowers, p.Author.Followers)
	w.truthIf(hasVerified, p.Author.Verified)
	w.textIf(hasTitle, p.Title)
	w.textIf(hasText, p.Text)
	w.textIf(hasLang, p.Lang)
	w.timeIf(hasPublished, p.Published)
	w.textIf(hasInReplyTo, p.InReplyTo)
	w.textIf(hasRoot, p.Root)
	w.textIf(hasQuotes, p.Quotes)
	w.textIf(hasRepostOf, p.RepostOf)
	textsIf(&w, hasLinks, p.Links)
	w.mediaIf(hasMedia, p.Media)
	textsIf(&w, hasHashtags, p.Hashtags)
	textsIf(&w, hasMentions, p.Mentions)
	w.countIf(hasLikes, p.Engagement.Likes)
	w.countIf(hasReplies, p.Engagement.Replies)
	w.countIf(hasReposts, p.Engagement.Reposts)
	w.countIf(hasQuoteCount, p.Engagement.Quotes)
	w.countIf(hasViews, p.Engagement.Views)
	w.decimalIf(hasRating, p.Rating)
	w.textIf(hasItem, p.Item)
	w.textIf(hasCountry, p.Place.Country)
	w.textIf(hasRegion, p.Place.Region)
	w.textIf(hasCity, p.Place.City)
	w.decimalIf(hasLat, p.Place.Lat)
	w.decimalIf(hasLon, p.Place.Lon)
	textsIf(&w, hasTags, p.Tags)
	w.textIf(hasSentiment, string(p.Sentiment))
	w.decimalIf(hasScore, p.SentimentScore)
	textsIf(&w, hasIntent, p.Intent)
	w.truthIf(hasSpam, p.Spam)
	return w.b
}

// post reads what appendPost wrote. Its strings share r's memory.
func (r *reader) post(p *hearth.Post) {
	*p = hearth.Post{}
	r.bits = r.number()
	if r.bits&^hasEverything != 0 {
		r.fail()
	}
	p.Network = r.text()
	p.ID = r.text()
	p.Kind = hearth.Kind(r.textIf(hasKind))
	p.URL = r.textIf(hasURL)
	p.Author.ID = r.textIf(hasAuthorID)
	p.Author.Handle = r.textIf(hasHandle)
	p.Author.Name = r.textIf(hasName)
	p.Author.URL = r.textIf(hasAuthorURL)
	p.Author.Followers = r.countIf(hasFollowers)
	p.Author.Verified = r.truthIf(hasVerified)
	p.Title = r.textIf(hasTitle)
	p.Text = r.textIf(hasText)
	p.Lang = r.textIf(hasLang)
	p.Published = r.timeIf(hasPublished)
	p.InReplyTo = r.textIf(hasInReplyTo)
	p.Root = r.textIf(hasRoot)
	p.Quotes = r.textIf(hasQuotes)
	p.RepostOf = r.textIf(hasRepostOf)
	p.Links = readTextsIf[string](r, hasLinks)
	p.Media = r.mediaIf(hasMedia)
	p.Hashtags = readTextsIf[string](r, hasHashtags)
	p.Mentions = readTextsIf[string](r, hasMentions)
	p.Engagement.Likes = r.countIf(hasLikes)
	p.Engagement.Replies = r.countIf(hasReplies)
	p.Engagement.Reposts = r.countIf(hasReposts)
	p.Engagement.Quotes = r.countIf(hasQuoteCount)
	p.Engagement.Views = r.countIf(hasViews)
	p.Rating = r.decimalIf(hasRating)
	p.Item = r.textIf(hasItem)
	p.Place.Country = r.textIf(hasCountry)
	p.Place.Region = r.textIf(hasRegion)
	p.Place.City = r.textIf(hasCity)
	p.Place.Lat = r.decimalIf(hasLat)
	p.Place.Lon = r.decimalIf(hasLon)
	p.Tags = readTextsIf[string](r, hasTags)
	p.Sentiment = hearth.Sentiment(r.textIf(hasSentiment))
	p.SentimentScore = r.decimalIf(hasScore)
	p.Intent = readTextsIf[hearth.Intent](r, hasIntent)
	p.Spam = r.truthIf(hasSpam)
}

// writer appends values; the If forms only where the presence bit is set.
type writer struct {
	b    []byte
	bits uint64
}

func (w *writer) number(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *writer) signed(n int64)  { w.b = binary.AppendVarint(w.b, n) }

func (w *writer) text(s string) {
	w.number(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) textIf(bit uint64, s string) {
	if w.bits&bit != 0 {
		w.text(s)
	}
}

func textsIf[S ~string](w *writer, bit uint64, list []S) {
	if w.bits&bit == 0 {
		return
	}
	w.number(uint64(len(list)))
	for _, s := range list {
		w.text(string(s))
	}
}

func (w *writer) mediaIf(bit uint64, list []hearth.Media) {
	if w.bits&bit == 0 {
		return
	}
	w.number(uint64(len(list)))
	for i := range list {
		w.text(list[i].Type)
		w.text(list[i].URL)
		w.text(list[i].Alt)
	}
}

func (w *writer) countIf(bit uint64, c hearth.Count) {
	if w.bits&bit != 0 {
		w.signed(c.N)
	}
}

func (w *writer) decimalIf(bit uint64, n hearth.Number) {
	if w.bits&bit != 0 {
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(n.V))
	}
}

func (w *writer) truthIf(bit uint64, v hearth.Bool) {
	if w.bits&bit != 0 {
		w.b = append(w.b, byte(v))
	}
}

func (w *writer) timeIf(bit uint64, t time.Time) {
	if w.bits&bit != 0 {
		w.time(t)
	}
}

// time writes seconds and then what is beyond them: milliseconds where these
// are enough, else nanoseconds; the lowest bit tells which.
func (w *writer) time(t time.Time) {
	w.signed(t.Unix())
	if nanos := uint64(t.Nanosecond()); nanos%1e6 == 0 {
		w.number(nanos / 1e6 << 1)
	} else {
		w.number(nanos<<1 | 1)
	}
}

// errForm says that bytes are not what the writer writes.
var errForm = errors.New("not in the stored form")

// reader takes values off the front of s. After the first bad one it gives
// zero values only and err is set.
type reader struct {
	s    string
	bits uint64
	err  error
}

func (r *reader) fail() { r.s, r.err = "", errForm }

func (r *reader) number() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		if len(r.s) == 0 {
			break
		}
		b := r.s[0]
		r.s = r.s[1:]
		if shift == 63 && b > 1 {
			break
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.fail()
	return 0
}

func (r *reader) signed() int64 {
	n := r.number()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) bytes(n uint64) string {
	if n > uint64(len(r.s)) {
		r.fail()
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *reader) text() string { return r.bytes(r.number()) }

func (r *reader) textIf(bit uint64) string {
	if r.bits&bit == 0 {
		return ""
	}
	return r.text()
}

// length is the length of a list whose entries take at least least bytes each.
func (r *reader) length(least int) int {
	n := r.number()
	if n > uint64(len(r.s)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

func readTextsIf[S ~string](r *reader, bit uint64) []S {
	if r.bits&bit == 0 {
		return nil
	}
	list := make([]S, r.length(1))
	for i := range list {
		list[i] = S(r.text())
	}
	return list
}

func (r *reader) mediaIf(bit uint64) []hearth.Media {
	if r.bits&bit == 0 {
		return nil
	}
	list := make([]hearth.Media, r.length(3))
	for i := range list {
		list[i] = hearth.Media{Type: r.text(), URL: r.text(), Alt: r.text()}
	}
	return list
}

func (r *reader) countIf(bit uint64) hearth.Count {
	if r.bits&bit == 0 {
		return hearth.Count{}
	}
	return hearth.KnownCount(r.signed())
}

func (r *reader) decimalIf(bit uint64) hearth.Number {
	if r.bits&bit == 0 {
		return hearth.Number{}
	}
	b := r.bytes(8)
	if len(b) < 8 {
		return hearth.Number{}
	}
	return hearth.KnownNumber(math.Float64frombits(binary.LittleEndian.Uint64([]byte(b))))
}

func (r *reader) truthIf(bit uint64) hearth.Bool {
	if r.bits&bit == 0 {
		return hearth.Unknown
	}
	b := r.bytes(1)
	if len(b) < 1 {
		return hearth.Unknown
	}
	return hearth.Bool(b[0])
}

func (r *reader) timeIf(bit uint64) time.Time {
	if r.bits&bit == 0 {
		return time.Time{}
	}
	return r.time()
}

func (r *reader) time() time.Time {
	seconds, rest := r.signed(), r.number()
	if rest&1 == 0 {
		return time.Unix(seconds, int64(rest>>1)*1e6).UTC()
	}
	return time.Unix(seconds, int64(rest>>1)).UTC()
}
