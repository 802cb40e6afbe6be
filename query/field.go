package query

import (
	"slices"
	"strings"
)

// FieldInfo describes a field of the language for documentation and forms.
type FieldInfo struct {
	Name    string    // main name, as it prints
	Aliases []string  // also written so; case does not matter
	Type    ValueType // of its values
	Looks   string    // what of the post it looks at
	Takes   string    // what may stand after the colon, as a sentence
	Stored  bool      // only searches among stored posts take it: ParseStored
}

// ValueType is the type of a field's values.
type ValueType string

const (
	TextType     ValueType = "text" // title, text and alt: a term or a bracketed expression
	RawType      ValueType = "raw"
	StringType   ValueType = "string"
	IDType       ValueType = "id"
	AddressType  ValueType = "address"
	HostType     ValueType = "host"
	CountType    ValueType = "count"
	DecimalType  ValueType = "decimal"
	DateType     ValueType = "date"
	BoolType     ValueType = "bool"
	WordType     ValueType = "word"
	LanguageType ValueType = "language"
	CountryType  ValueType = "country"
	ListType     ValueType = "list"
	TopicType    ValueType = "topic"
)

// Fields lists every field, raw: included, in the order of section 6.
func Fields() []FieldInfo {
	list := make([]FieldInfo, len(fields))
	for i, f := range fields {
		list[i] = FieldInfo{string(f.name), slices.Clone(f.aliases), f.kind, f.looks, f.takes(), takesStored(f.name)}
	}
	return list
}

// field is a row of section 6.
type field struct {
	name    FieldName
	aliases []string
	kind    ValueType
	looks   string
	words   []string // of a WordType field
	sign    byte     // leading signs that are dropped from a string
	anchors bool     // narrows the posts to a subject or a source
	least   float64  // of numbers
	most    float64
}

// Names of the fields that hold no values of their own.
const (
	fieldTitle FieldName = "title"
	fieldText  FieldName = "text"
	fieldAlt   FieldName = "alt"
	fieldRaw   FieldName = "raw"
)

const mostCount = 999_999_999_999_999 // 15 digits

var fields = []*field{
	{name: fieldTitle, kind: TextType, looks: "the title"},
	{name: fieldText, aliases: []string{"body", "content", "message"}, kind: TextType, looks: "the text"},
	{name: fieldAlt, aliases: []string{"altText"}, kind: TextType, looks: "each image description"},
	{name: fieldRaw, kind: RawType, looks: "title and text, character by character", anchors: true},
	{name: FieldNetwork, aliases: []string{"source"}, kind: StringType, looks: "the network"},
	{name: FieldID, aliases: []string{"guid"}, kind: IDType, looks: "the post's id", anchors: true},
	{name: FieldURL, kind: AddressType, looks: "the post's address", anchors: true},
	{name: FieldLink, aliases: []string{"links", "containsLink"}, kind: AddressType, looks: "each address in the post", anchors: true},
	{name: FieldSite, kind: HostType, looks: "the host of the post's address", anchors: true},
	{name: FieldDomain, aliases: []string{"domainUrl"}, kind: HostType, looks: "that host or any host above it", anchors: true},
	{name: FieldTLD, aliases: []string{"topLevelDomain"}, kind: HostType, looks: "the last labels of that host"},
	{name: FieldAuthor, aliases: []string{"from", "weblogTitle"}, kind: StringType, looks: "the author's handle or name", sign: '@', anchors: true},
	{name: FieldAuthorID, kind: IDType, looks: "the author's id", anchors: true},
	{name: FieldFollowers, aliases: []string{"authorFollowers"}, kind: CountType, looks: "the author's followers", most: mostCount},
	{name: FieldVerified, aliases: []string{"authorVerified"}, kind: BoolType, looks: "whether the author is verified"},
	{name: FieldBot, kind: WordType, looks: "how likely the author's account is automated", words: []string{Declared, Likely, Possible, Unlikely}},
	{name: FieldLang, aliases: []string{"language"}, kind: LanguageType, looks: "the language"},
	{name: FieldCountry, aliases: []string{"sourceCountry"}, kind: CountryType, looks: "the place's country"},
	{name: FieldRegion, aliases: []string{"state"}, kind: StringType, looks: "the place's region"},
	{name: FieldCity, kind: StringType, looks: "the place's city"},
	{name: FieldLat, aliases: []string{"latitude"}, kind: DecimalType, looks: "the place's latitude", least: -90, most: 90},
	{name: FieldLon, aliases: []string{"longitude"}, kind: DecimalType, looks: "the place's longitude", least: -180, most: 180},
	{name: FieldHashtag, aliases: []string{"hashtags"}, kind: StringType, looks: "hashtags in title and text, and the network's list of them", sign: '#', anchors: true},
	{name: FieldMention, aliases: []string{"mentions", "at_mentions"}, kind: StringType, looks: "mentions likewise", sign: '@', anchors: true},
	{name: FieldTag, aliases: []string{"tags", "category"}, kind: StringType, looks: "the tags set in Hearth", anchors: true},
	{name: FieldReplyTo, aliases: []string{"inReplyTo", "in_reply_to", "parentPostId", "engagingWithGuid"}, kind: IDType, looks: "the id of the post it replies to", anchors: true},
	{name: FieldRoot, aliases: []string{"rootPostId"}, kind: IDType, looks: "the id of the first post of the thread", anchors: true},
	{name: FieldQuoted, kind: IDType, looks: "the id of the quoted post", anchors: true},
	{name: FieldRepostOf, aliases: []string{"repost_of"}, kind: IDType, looks: "the id of the reposted post", anchors: true},
	{name: FieldLikes, kind: CountType, looks: "likes", most: mostCount},
	{name: FieldReplies, aliases: []string{"comments"}, kind: CountType, looks: "replies", most: mostCount},
	{name: FieldReposts, aliases: []string{"shares", "retweets"}, kind: CountType, looks: "reposts", most: mostCount},
	{name: FieldQuotes, kind: CountType, looks: "quotes", most: mostCount},
	{name: FieldViews, kind: CountType, looks: "views", most: mostCount},
	{name: FieldEngagement, kind: CountType, looks: "likes, replies, reposts and quotes together", most: mostCount},
	{name: FieldRating, kind: DecimalType, looks: "the rating", most: 5},
	{name: FieldItem, aliases: []string{"itemReview"}, kind: StringType, looks: "the product or place reviewed", anchors: true},
	{name: FieldSentiment, kind: WordType, looks: "the sentiment", words: []string{"positive", "neutral", "negative"}},
	{name: FieldIntent, kind: WordType, looks: "each intent", words: []string{"complaint", "question", "praise", "suggestion", "purchase"}},
	{name: FieldSpam, kind: BoolType, looks: "whether the post was judged spam"},
	{name: FieldCorrected, kind: WordType, looks: "what people corrected", words: []string{"yes", "lang", "sentiment", "intent", "spam"}},
	{name: FieldCorrector, aliases: []string{"corrected_by"}, kind: StringType, looks: "the numbers of the members who corrected it"},
	{name: FieldPublished, aliases: []string{"date"}, kind: DateType, looks: "the time of publication"},
	{name: FieldMinute, aliases: []string{"minuteOfDay"}, kind: CountType, looks: "the minute of the UTC day of publication", most: 1439},
	{name: FieldIs, aliases: []string{"kind", "engagementType"}, kind: WordType, looks: "the kind",
		words: []string{"original", "reply", "repost", "quote", "review", "question", "answer", "message", "article", "comment"}},
	{name: FieldHas, kind: WordType, looks: "what the post holds",
		words: []string{"image", "video", "audio", "media", "alt", "link", "hashtag", "mention", "title", "place", "rating"}},
	{name: FieldCopies, kind: CountType, looks: "how many stored posts tell the same text, itself counted", most: mostCount},
	{name: FieldCopy, kind: IDType, looks: "the ids of the stored posts that tell the same text", anchors: true},
	{name: FieldTopic, kind: TopicType, looks: "the topic that it was sorted to", anchors: true},
	{name: SharedList, kind: ListType, looks: "whatever the shared list of that name looks at", anchors: true},
}

var fieldsByName = func() map[string]*field {
	m := make(map[string]*field, 2*len(fields))
	for _, f := range fields {
		m[string(f.name)] = f
		for _, a := range f.aliases {
			m[strings.ToLower(a)] = f
		}
	}
	return m
}()

// lookup finds a field by any of its names, in any case; nil if there is none.
func lookup(name string) *field { return fieldsByName[lowerASCII(name)] }

// numeric says that values are compared by < and >.
func (f *field) numeric() bool {
	return f.kind == CountType || f.kind == DecimalType || f.kind == DateType
}

// takes is what may stand after the colon, in the field's own words.
func (f *field) takes() string {
	name := string(f.name)
	switch f.kind {
	case TextType:
		return name + " takes a word, a phrase or a bracketed expression directly after the colon."
	case RawType:
		return `raw takes characters in quotes: raw:"C++".`
	case StringType:
		return name + " takes a name; one with spaces, or one that begins with - < or >, goes in quotes: " + name + `:"…".`
	case IDType:
		return name + " takes an id as its network writes it."
	case AddressType:
		return name + " takes an address that begins with a host: " + name + ":example.com/news."
	case HostType:
		return name + " takes a host without path or wildcard: " + name + ":example.com."
	case CountType:
		if f.name == FieldMinute {
			return "minute takes a minute of the UTC day from 0 to 1439: minute:[1110 TO 1140]."
		}
		if f.name == FieldCopies {
			return "copies takes yes, no, or how many posts tell the same text: copies:yes or copies:>=5."
		}
		return name + " takes a whole number of at most 15 digits: " + name + ":5, " + name + ":>5 or " + name + ":[5 TO 9]."
	case DecimalType:
		return name + " takes a number from " + decimal(f.least) + " to " + decimal(f.most) + ", with at most 9 decimals."
	case DateType:
		return name + " takes a day or a moment with its zone: 2024-05-31 or 2024-05-31T12:00:00Z."
	case BoolType:
		return name + " takes true or false."
	case LanguageType:
		return name + " takes a language code: en, fi, pt-BR."
	case CountryType:
		return name + " takes a country code of two letters: fi, gb, us."
	case TopicType:
		return `topic takes the number of a topic or its name: topic:12 or topic:"late deliveries".`
	case ListType:
		return `list takes the name of a shared list: list:"our products".`
	case WordType:
		return name + " takes one of " + strings.Join(f.words, ", ") + "."
	}
	return ""
}

// lowerASCII is s with its ASCII letters in lower case.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if c := b[i]; c >= 'A' && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
