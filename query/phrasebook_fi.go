package query

// finnish says everything in the nominative.
var finnish = &phrasebook{
	posts: [2]string{"Julkaisut, joissa on ", "."}, and: " ja ", or: " tai ", not: "nolla osumaa ehdolle ", brackets: [2]string{"(", ")"}, quotes: [2]string{"”", "”"},
	comma: ", ", last: " ja ", wordCounts: [2]string{"1 sanan", "%s sanan"},
	near: " ja enintään %s päässä siitä ", onear: " ja sen jälkeen enintään %s päässä ", sentence: " ja samassa virkkeessä ",
	window:  "sanat %s enintään %s päässä toisistaan",
	exactly: "tarkalleen %s", characters: "merkit %s", phrase: "sanajono %s", word: "sana %s", prefix: "%s-alkuinen sana", pattern: "sana muotoa %s",
	hashtag: "aihetunniste %s", mention: "maininta %s", cashtag: "osaketunniste %s", emoji: "emoji %s", emojiAsWritten: "emoji %s juuri näin kirjoitettuna",
	raw: "täsmälleen merkit %s", title: "otsikossa ", body: "tekstissä ", alt: "kuvan kuvauksessa ",

	numbers: comparison{"%s", "yli %s", "vähintään %s", "alle %s", "enintään %s", "%s–%s"},
	days:    comparison{"%s", "myöhemmin kuin %s", "aikaisintaan %s", "aiemmin kuin %s", "viimeistään %s", "%s – %s"},
	moments: comparison{"%s", "myöhemmin kuin %s", "aikaisintaan %s", "aiemmin kuin %s", "viimeistään %s", "%s – %s"},
	day:     "2.1.2006", moment: "2.1.2006 klo 15.04.05.999999999 UTC", thousands: "\u00a0", point: ",",

	fields: map[FieldName]called{
		FieldNetwork: {before: "verkosto "}, FieldID: {before: "tunnus "}, FieldURL: {before: "osoite "}, FieldLink: {before: "linkki osoitteeseen "},
		FieldSite: {before: "sivusto "}, FieldDomain: {before: "verkkotunnus "}, FieldTLD: {before: "ylimmän tason verkkotunnus "}, FieldAuthor: {before: "kirjoittaja "},
		FieldAuthorID: {before: "kirjoittajan tunnus "}, FieldFollowers: {after: " seuraajaa", one: " seuraaja"}, FieldLang: {before: "kieli "},
		FieldCountry: {before: "maa "}, FieldRegion: {before: "alue "}, FieldCity: {before: "kaupunki "}, FieldLat: {before: "leveysaste "},
		FieldLon: {before: "pituusaste "}, FieldHashtag: {before: "aihetunniste "}, FieldMention: {before: "maininta kohteesta "}, FieldTag: {before: "tunniste "},
		FieldReplyTo: {before: "vastaus julkaisuun "}, FieldRoot: {before: "keskustelu "}, FieldQuoted: {before: "lainaus julkaisusta "},
		FieldRepostOf: {before: "uudelleenjako julkaisusta "}, FieldLikes: {after: " tykkäystä", one: " tykkäys"}, FieldReplies: {after: " vastausta", one: " vastaus"},
		FieldReposts: {after: " jakoa", one: " jako"}, FieldQuotes: {after: " lainausta", one: " lainaus"}, FieldViews: {after: " katselukertaa", one: " katselukerta"},
		FieldEngagement: {after: " reaktiota", one: " reaktio"}, FieldRating: {before: "arvosana "}, FieldItem: {before: "arvosteltu kohde "},
		FieldCorrector: {before: "korjaus jäseneltä "}, FieldPublished: {before: "julkaisuaika "}, FieldMinute: {before: "vuorokauden minuutti "},
		FieldCopies: {before: "teksti, jonka sanoo ", after: " julkaisua", one: " julkaisu"}, FieldCopy: {before: "sama teksti kuin julkaisussa "},
		FieldTopic: {before: "aihe "}, SharedList: {before: "jotain luettelosta "},
	},
	values: map[FieldName]map[string]string{
		FieldVerified:  {"true": "vahvistettu kirjoittaja", "false": "vahvistamaton kirjoittaja"},
		FieldSpam:      {"true": "roskapostimerkintä", "false": "nolla roskapostimerkintää"},
		FieldSentiment: {"positive": "myönteinen sävy", "neutral": "neutraali sävy", "negative": "kielteinen sävy"},
		FieldIntent:    {"complaint": "valitus", "question": "kysymys", "praise": "kehu", "suggestion": "ehdotus", "purchase": "ostoaie"},
		FieldBot: {
			Declared: "itsensä automaattiseksi ilmoittava tili", Likely: "todennäköisesti automaattinen tili",
			Possible: "mahdollisesti automaattinen tili", Unlikely: "tili ilman merkkejä automaattisuudesta",
		},
		FieldCorrected: {
			"yes": "ihmisen tekemä korjaus", "lang": "korjattu kieli", "sentiment": "korjattu sävy", "intent": "korjatut aikeet", "spam": "korjattu roskapostimerkintä",
		},
		FieldIs: {
			"original": "laji ”oma julkaisu”", "reply": "laji ”vastaus”", "repost": "laji ”uudelleenjako”", "quote": "laji ”lainaus”", "review": "laji ”arvostelu”",
			"question": "laji ”kysymys”", "answer": "laji ”vastaus kysymykseen”", "message": "laji ”viesti”", "article": "laji ”artikkeli”", "comment": "laji ”kommentti”",
		},
		FieldHas: {
			"image": "kuva", "video": "video", "audio": "äänite", "media": "kuva, video tai äänite", "alt": "kuvan kuvaus", "link": "linkki", "hashtag": "aihetunniste",
			"mention": "maininta", "title": "otsikko", "place": "paikka", "rating": "arvosana",
		},
	},
}
