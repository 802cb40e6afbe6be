package query

// german says everything in the dative.
var german = &phrasebook{
	posts: [2]string{"Beiträge mit ", "."}, and: " und ", or: " oder ", not: "keinem Treffer zu ", brackets: [2]string{"(", ")"}, quotes: [2]string{"„", "“"},
	comma: ", ", last: " und ", wordCounts: [2]string{"1 Wort", "%s Wörtern"},
	near: " im Abstand von höchstens %s zu ", onear: " im Abstand von höchstens %s gefolgt von ", sentence: " im selben Satz mit ",
	window:  "den Wörtern %s im Abstand von höchstens %s voneinander",
	exactly: "genau %s", characters: "den Zeichen %s", phrase: "der Wortfolge %s", word: "dem Wort %s", prefix: "einem Wort mit dem Anfang %s", pattern: "einem Wort wie %s",
	hashtag: "dem Hashtag %s", mention: "der Erwähnung %s", cashtag: "dem Cashtag %s", emoji: "dem Emoji %s", emojiAsWritten: "genau dem Emoji %s",
	raw: "genau den Zeichen %s", title: "einem Titel mit ", body: "einem Text mit ", alt: "einer Bildbeschreibung mit ",

	numbers: comparison{"%s", "mehr als %s", "mindestens %s", "weniger als %s", "höchstens %s", "%s bis %s"},
	days:    comparison{"am %s", "nach dem %s", "ab dem %s", "vor dem %s", "bis zum %s", "vom %s bis zum %s"},
	moments: comparison{"am %s", "nach dem %s", "ab dem %s", "vor dem %s", "bis zum %s", "vom %s bis zum %s"},
	day:     "2.1.2006", moment: "2.1.2006, 15:04:05.999999999 UTC", thousands: ".", point: ",",

	fields: map[FieldName]called{
		FieldNetwork: {before: "dem Netzwerk "}, FieldID: {before: "der Kennung "}, FieldURL: {before: "der Adresse "}, FieldLink: {before: "einem Link zu "},
		FieldSite: {before: "der Website "}, FieldDomain: {before: "der Domain "}, FieldTLD: {before: "der Top-Level-Domain "}, FieldAuthor: {before: "dem Verfasser "},
		FieldAuthorID: {before: "der Verfasserkennung "}, FieldFollowers: {after: " Followern", one: " Follower"}, FieldLang: {before: "der Sprache "},
		FieldCountry: {before: "dem Land "}, FieldRegion: {before: "der Region "}, FieldCity: {before: "der Stadt "}, FieldLat: {before: "einem Breitengrad von "},
		FieldLon: {before: "einem Längengrad von "}, FieldHashtag: {before: "dem Hashtag "}, FieldMention: {before: "einer Erwähnung von "}, FieldTag: {before: "dem Schlagwort "},
		FieldReplyTo: {before: "einer Antwort auf "}, FieldRoot: {before: "dem Gespräch "}, FieldQuoted: {before: "einem Zitat von "},
		FieldRepostOf: {before: "einer Weiterverbreitung von "}, FieldLikes: {after: " Likes", one: " Like"}, FieldReplies: {after: " Antworten", one: " Antwort"},
		FieldReposts: {after: " Weiterverbreitungen", one: " Weiterverbreitung"}, FieldQuotes: {after: " Zitaten", one: " Zitat"},
		FieldViews: {after: " Aufrufen", one: " Aufruf"}, FieldEngagement: {after: " Reaktionen", one: " Reaktion"}, FieldRating: {before: "einer Bewertung von "},
		FieldItem: {before: "dem bewerteten Gegenstand "}, FieldCorrector: {before: "einer Korrektur durch Mitglied "}, FieldPublished: {before: "Veröffentlichung "},
		FieldMinute: {before: "einer Tagesminute von "}, FieldCopies: {before: "einem Text in ", after: " Beiträgen", one: " Beitrag"}, FieldCopy: {before: "demselben Text wie Beitrag "},
		FieldTopic: {before: "dem Thema "}, SharedList: {before: "irgendetwas aus der Liste "},
	},
	values: map[FieldName]map[string]string{
		FieldVerified:  {"true": "einem verifizierten Verfasser", "false": "einem nicht verifizierten Verfasser"},
		FieldSpam:      {"true": "einer Einstufung als Spam", "false": "keiner Einstufung als Spam"},
		FieldSentiment: {"positive": "positiver Stimmung", "neutral": "neutraler Stimmung", "negative": "negativer Stimmung"},
		FieldIntent:    {"complaint": "einer Beschwerde", "question": "einer Frage", "praise": "einem Lob", "suggestion": "einem Vorschlag", "purchase": "einer Kaufabsicht"},
		FieldBot: {
			Declared: "einem nach eigener Angabe automatischen Konto", Likely: "einem wahrscheinlich automatischen Konto",
			Possible: "einem möglicherweise automatischen Konto", Unlikely: "einem Konto ohne Zeichen von Automatik",
		},
		FieldCorrected: {
			"yes": "einer Korrektur durch Menschen", "lang": "einer korrigierten Sprache", "sentiment": "einer korrigierten Stimmung", "intent": "korrigierten Absichten",
			"spam": "einem korrigierten Spam-Urteil",
		},
		FieldIs: {
			"original": "der Art „eigener Beitrag“", "reply": "der Art „Antwort“", "repost": "der Art „Weiterverbreitung“", "quote": "der Art „Zitat“", "review": "der Art „Bewertung“",
			"question": "der Art „Frage“", "answer": "der Art „Antwort auf eine Frage“", "message": "der Art „Nachricht“", "article": "der Art „Artikel“", "comment": "der Art „Kommentar“",
		},
		FieldHas: {
			"image": "einem Bild", "video": "einem Video", "audio": "einer Tonaufnahme", "media": "Bild, Video oder Ton", "alt": "einer Bildbeschreibung",
			"link": "einem Link", "hashtag": "einem Hashtag", "mention": "einer Erwähnung", "title": "einem Titel", "place": "einem Ort", "rating": "einer Bewertung",
		},
	},
}
