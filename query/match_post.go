package query

import "hearth"

// stringsOf are the strings of a post that a string field looks at, tags of
// its text apart.
func stringsOf(p *hearth.Post, name FieldName) []string {
	switch name {
	case FieldNetwork:
		return []string{p.Network}
	case FieldAuthor:
		return []string{p.Author.Handle, p.Author.Name}
	case FieldRegion:
		return []string{p.Place.Region}
	case FieldCity:
		return []string{p.Place.City}
	case FieldHashtag:
		return p.Hashtags
	case FieldMention:
		return p.Mentions
	case FieldTag:
		return p.Tags
	case FieldItem:
		return []string{p.Item}
	case FieldCorrector:
		by := make([]string, len(p.Corrections))
		for i := range by {
			by[i] = p.Corrections[i].By.String()
		}
		return by
	}
	return nil
}

// idOf is the id that an id field looks at; "" is missing, and no value of a
// query is empty.
func idOf(p *hearth.Post, name FieldName) string {
	switch name {
	case FieldID:
		return p.ID
	case FieldAuthorID:
		return p.Author.ID
	case FieldReplyTo:
		return p.InReplyTo
	case FieldRoot:
		return p.Root
	case FieldQuoted:
		return p.Quotes
	case FieldRepostOf:
		return p.RepostOf
	}
	return ""
}

func countOf(p *hearth.Post, name FieldName) hearth.Count {
	switch name {
	case FieldFollowers:
		return p.Author.Followers
	case FieldLikes:
		return p.Engagement.Likes
	case FieldReplies:
		return p.Engagement.Replies
	case FieldReposts:
		return p.Engagement.Reposts
	case FieldQuotes:
		return p.Engagement.Quotes
	case FieldViews:
		return p.Engagement.Views
	case FieldEngagement:
		return p.Engagement.Total()
	case FieldMinute:
		if !p.Published.IsZero() {
			t := p.Published.UTC()
			return hearth.KnownCount(int64(t.Hour()*60 + t.Minute()))
		}
	}
	return hearth.Count{}
}

func numberOf(p *hearth.Post, name FieldName) hearth.Number {
	switch name {
	case FieldRating:
		return p.Rating
	case FieldLat:
		return p.Place.Lat
	case FieldLon:
		return p.Place.Lon
	}
	return hearth.Number{}
}

func wordsOf(p *hearth.Post, name FieldName) []string {
	switch name {
	case FieldCountry:
		return []string{p.Place.Country}
	case FieldSentiment:
		return []string{string(p.Sentiment)}
	case FieldIs:
		return []string{string(p.KindOf())}
	case FieldIntent:
		words := make([]string, len(p.Intent))
		for i, w := range p.Intent {
			words[i] = string(w)
		}
		return words
	case FieldBot:
		if p.Author.Bot == hearth.True {
			return []string{Declared}
		}
		return []string{Unlikely}
	case FieldCorrected:
		if len(p.Corrections) == 0 {
			return nil
		}
		words := []string{"yes"}
		for i := range p.Corrections {
			words = append(words, p.Corrections[i].Field)
		}
		return words
	}
	return nil
}
