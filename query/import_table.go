package query

import (
	"strconv"
	"strings"
	"time"

	bcp47 "golang.org/x/text/language"

	"hearth/text"
)

// rule rewrites one field of a dialect.
type rule func(*importer, imported)

// ruleFor is the row of the table for a field, by its name in lower case; nil
// if there is none.
func ruleFor(d Dialect, name string) rule {
	switch d {
	case Brandwatch:
		switch name {
		case "raw":
			return quoteRaw
		case "country":
			return mapValues(FieldCountry, twoLetters)
		case "city":
			return dotted(FieldCity)
		case "region":
			return dotted(FieldRegion)
		case "subreddit":
			return mapValues(FieldURL, subreddit)
		case "channelid":
			return renamed(FieldAuthorID)
		case "publishersubtype":
			return mapValues(FieldHas, oneWord("image", "video"))
		case "imagetype":
			return mapValues(FieldHas, oneWord("image"))
		}
	case Talkwalker:
		switch name {
		case "sourcecountry":
			return renamed(FieldCountry)
		case "domainurl":
			return renamed(FieldDomain)
		case "published":
			return mapValues(FieldPublished, milliseconds)
		case "sourcetype":
			return mapValues(FieldNetwork, socialMedia)
		case "is":
			return mapValues(FieldIs, retweet)
		}
	case Meltwater:
		switch name {
		case "casesensitive", "exactmessage":
			return inBraces
		case "ingress":
			return ingress
		case "body", "content":
			return textField
		case "from":
			return renamed(FieldAuthor)
		case "to":
			return renamed(FieldMention)
		case "site":
			return mapValues(FieldDomain, noWildcard)
		case "socialtype":
			return mapValues(FieldNetwork, lowerWord)
		case "sourcename":
			return mapValues(FieldURL, redditSource)
		case "posttype":
			return mapValues(FieldIs, original)
		case "attachmenttype":
			return mapValues(FieldHas, oneWord("image"))
		}
	}
	return nil
}

func renamed(name FieldName) rule {
	return func(im *importer, u imported) {
		im.rename(u, name)
		im.operators(u)
	}
}

// mapValues gives a field another name and each value another text. Where one
// value has no equal, the field stays as it is and is reported.
func mapValues(name FieldName, convert func(string) (string, bool)) rule {
	return func(im *importer, u imported) {
		values := im.values(u)
		texts := make([]string, len(values))
		for i, v := range values {
			var ok bool
			if texts[i], ok = convert(v.text); !ok {
				im.note(v.start, "Hearth has no equal of "+u.name+":"+v.text+"; rewrite this part by hand.")
				return
			}
		}
		im.rename(u, name)
		im.operators(u)
		for i, v := range values {
			if texts[i] != v.text {
				im.replace(v.start, v.end, quoteSpaced(texts[i]))
			}
		}
	}
}

// quoteSpaced puts a value in quotes if a run could not hold it.
func quoteSpaced(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r == '(' || r == ')' || isQuote(r) || text.IsSpace(r) }) {
		return quote(s)
	}
	return s
}

// quoteRaw puts the value of raw: in quotes.
func quoteRaw(im *importer, u imported) {
	im.rename(u, fieldRaw)
	for _, v := range im.values(u) {
		if v.text == im.source[v.start:v.end] && v.text != "" {
			im.replace(v.start, v.end, quote(v.text))
		}
	}
}

// twoLetters makes a country code of ISO 3166-1 alpha-3 one of alpha-2.
func twoLetters(code string) (string, bool) {
	if len(code) != 3 {
		return code, true
	}
	region, err := bcp47.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return code, true
	}
	return lowerASCII(region.String()), true
}

// dotted reads usa.fl and deu.berlin.berlin: the last part is the name, the
// first the country.
func dotted(name FieldName) rule {
	return func(im *importer, u imported) {
		values := im.values(u)
		anyDot := false
		for _, v := range values {
			anyDot = anyDot || strings.Contains(v.text, ".")
		}
		im.rename(u, name)
		if !anyDot {
			return
		}
		im.replace(u.core, u.value, "")
		for _, v := range values {
			first, _, dotted := strings.Cut(v.text, ".")
			country, _ := twoLetters(first)
			last := v.text[strings.LastIndexByte(v.text, '.')+1:]
			switch {
			case !dotted:
				im.replace(v.start, v.end, string(name)+":"+quoteSpaced(v.text))
			case len(country) != 2 || last == "":
				im.replace(v.start, v.end, string(name)+":"+quoteSpaced(v.text))
				im.note(v.start, "Hearth does not know the country of "+v.text+"; rewrite this part by hand.")
			default:
				im.replace(v.start, v.end, "(country:"+country+" AND "+string(name)+":"+quoteSpaced(last)+")")
			}
		}
	}
}

func subreddit(name string) (string, bool) { return "reddit.com/r/" + name, name != "" }

func redditSource(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "r/")
	return "reddit.com/r/" + rest, ok && rest != ""
}

// oneWord takes only these words, in any case.
func oneWord(words ...string) func(string) (string, bool) {
	return func(s string) (string, bool) {
		for _, w := range words {
			if lowerASCII(s) == w {
				return w, true
			}
		}
		return "", false
	}
}

func lowerWord(s string) (string, bool) { return lowerASCII(s), s != "" }

func retweet(s string) (string, bool) {
	if lowerASCII(s) == "retweet" {
		return "repost", true
	}
	return s, true
}

func original(s string) (string, bool) { return "original", lowerASCII(s) == "og" }

func noWildcard(s string) (string, bool) { return s, !strings.ContainsAny(s, "*?") }

// socialMedia reads SOCIALMEDIA_X.
func socialMedia(s string) (string, bool) {
	network, ok := strings.CutPrefix(lowerASCII(s), "socialmedia_")
	return network, ok && network != ""
}

// milliseconds reads a comparison with milliseconds since 1970.
func milliseconds(s string) (string, bool) {
	op, digits := readOp(s)
	if len(digits) < 9 || len(digits) > 15 || !allDigits(digits) {
		return s, true
	}
	ms, err := strconv.ParseInt(digits, 10, 64)
	d := Date{Start: time.UnixMilli(ms).UTC()}
	return op.show(d.String(), ""), err == nil && d.Start.Year() <= 9999
}

func textField(im *importer, u imported) {
	im.rename(u, fieldText)
	im.rewrite(u.inner)
}

func ingress(im *importer, u imported) {
	im.note(u.core, "Hearth does not know the ingress of a text apart; the whole text is searched.")
	textField(im, u)
}

// inBraces writes the words behind caseSensitive: and exactMessage: in braces,
// each operand for itself where operators join them.
func inBraces(im *importer, u imported) {
	im.replace(u.core, u.value, "")
	if !u.group {
		im.brace(im.valueAt(u.value, u.tilde))
		return
	}
	for _, m := range u.inner {
		if m.operator != "" || m.group {
			im.braceEach(u.inner)
			return
		}
	}
	inside := strings.ReplaceAll(im.source[u.open+1:u.close], `"`, "")
	im.replace(u.open, u.end, "{"+strings.TrimSpace(inside)+"}")
}

func (im *importer) braceEach(units []imported) {
	for _, m := range units {
		switch {
		case m.operator != "":
			im.rewriteOperator(m)
		case m.group:
			im.braceEach(m.inner)
		default:
			im.brace(im.valueAt(m.core, m.tilde))
		}
	}
}

func (im *importer) brace(v importedValue) { im.replace(v.start, v.end, "{"+v.text+"}") }
