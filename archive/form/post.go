package form

import "hearth"

// A post is a word of presence bits, then the fields that are there, in the
// order of the bits. The order of the bits never changes; a new field takes the
// next one.
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
	hasCorrections
	hasBot
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
	set(len(p.Corrections) > 0, hasCorrections)
	set(p.Author.Bot != hearth.Unknown, hasBot)
	return bits
}

// AppendPost adds p behind dst.
func AppendPost(dst []byte, p *hearth.Post) []byte {
	w := Writer{B: dst}
	w.bits = present(p)
	w.Number(w.bits)
	w.Text(p.Network)
	w.Text(p.ID)
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
	w.correctionsIf(hasCorrections, p.Corrections)
	w.truthIf(hasBot, p.Author.Bot)
	return w.B
}

// Post reads what AppendPost wrote. Its strings share the memory of S, its lists
// that of r if Reuse is set.
func (r *Reader) Post(p *hearth.Post) {
	*p = hearth.Post{}
	r.used = 0
	r.bits = r.Number()
	if r.bits&^hasEverything != 0 {
		r.fail()
	}
	p.Network = r.Text()
	p.ID = r.Text()
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
	p.Links = r.textsIf(hasLinks)
	p.Media = r.mediaIf(hasMedia)
	p.Hashtags = r.textsIf(hasHashtags)
	p.Mentions = r.textsIf(hasMentions)
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
	p.Tags = r.textsIf(hasTags)
	p.Sentiment = hearth.Sentiment(r.textIf(hasSentiment))
	p.SentimentScore = r.decimalIf(hasScore)
	p.Intent = r.intentsIf(hasIntent)
	p.Spam = r.truthIf(hasSpam)
	p.Corrections = r.correctionsIf(hasCorrections)
	p.Author.Bot = r.truthIf(hasBot)
}
