package query

import "time"

// english is the language that vectors and programs read.
var english = &phrasebook{
	posts: [2]string{"Posts with ", "."}, and: " and ", or: " or ", not: "no match for ", brackets: [2]string{"(", ")"}, quotes: [2]string{"“", "”"},
	comma: ", ", last: " and ", wordCounts: [2]string{"1 word", "%s words"},
	near: " within %s of ", onear: " followed within %s by ", sentence: " in the same sentence as ", window: "the words %s within %s of each other",
	exactly: "exactly %s", characters: "the characters %s", phrase: "the phrase %s", word: "the word %s", prefix: "a word beginning with %s", pattern: "a word like %s",
	hashtag: "the hashtag %s", mention: "the mention %s", cashtag: "the cashtag %s", emoji: "the emoji %s", emojiAsWritten: "the emoji %s as written",
	raw: "the exact characters %s", title: "a title with ", body: "a text with ", alt: "an image description with ",

	numbers: comparison{"%s", "over %s", "at least %s", "under %s", "at most %s", "from %s to %s"},
	days:    comparison{"on %s", "after %s", "from %s", "before %s", "until %s", "from %s to %s"},
	moments: comparison{"at %s", "after %s", "from %s", "before %s", "until %s", "from %s to %s"},
	day:     time.DateOnly, moment: "2006-01-02T15:04:05.999999999Z", point: ".",

	fields: map[FieldName]called{
		FieldNetwork: {before: "network "}, FieldID: {before: "id "}, FieldURL: {before: "address "}, FieldLink: {before: "a link to "}, FieldSite: {before: "site "},
		FieldDomain: {before: "domain "}, FieldTLD: {before: "top-level domain "}, FieldAuthor: {before: "author "}, FieldAuthorID: {before: "author id "},
		FieldFollowers: {before: "followers "}, FieldLang: {before: "language "}, FieldCountry: {before: "country "}, FieldRegion: {before: "region "},
		FieldCity: {before: "city "}, FieldLat: {before: "latitude "}, FieldLon: {before: "longitude "}, FieldHashtag: {before: "hashtag "},
		FieldMention: {before: "mention of "}, FieldTag: {before: "tag "}, FieldReplyTo: {before: "reply to "}, FieldRoot: {before: "thread "},
		FieldQuoted: {before: "quote of "}, FieldRepostOf: {before: "repost of "}, FieldLikes: {before: "likes "}, FieldReplies: {before: "replies "},
		FieldReposts: {before: "reposts "}, FieldQuotes: {before: "quotes "}, FieldViews: {before: "views "}, FieldEngagement: {before: "engagement "},
		FieldRating: {before: "rating "}, FieldItem: {before: "item "}, FieldSentiment: {before: "sentiment "}, FieldIntent: {before: "intent "},
		FieldCorrector: {before: "a correction by member "}, FieldPublished: {before: "published "}, FieldMinute: {before: "minute of the day "},
		FieldIs: {before: "kind "}, FieldCopies: {before: "a text told by ", after: " posts", one: " post"}, FieldCopy: {before: "the text of post "},
		FieldTopic: {before: "topic "}, SharedList: {before: "anything from the list "},
	},
	values: map[FieldName]map[string]string{
		FieldVerified: {"true": "a verified author", "false": "an unverified author"},
		FieldSpam:     {"true": "a spam mark", "false": "no spam mark"},
		FieldBot: {
			Declared: "an account that says it is automated", Likely: "an account that is likely automated",
			Possible: "an account that is possibly automated", Unlikely: "an account of which nothing says that it is automated",
		},
		FieldCorrected: {
			"yes": "a correction by a person", "lang": "a corrected language", "sentiment": "a corrected sentiment", "intent": "corrected intents", "spam": "a corrected spam mark",
		},
		FieldHas: {
			"image": "an image", "video": "a video", "audio": "an audio clip", "media": "any media", "alt": "an image description",
			"link": "a link", "hashtag": "a hashtag", "mention": "a mention", "title": "a title", "place": "a place", "rating": "a rating",
		},
	},
}
