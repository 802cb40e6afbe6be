// Package lexicon holds what package sentiment and its trainer share: the
// evidence that rated words give about a post, with what negates, strengthens and
// weakens them, and how a head's scores become probabilities in each language.
package lexicon

import (
	"strings"

	"hearth/analysis/feature"
	"hearth/text"
)

// Evidence is what the lexicon says about a post.
type Evidence struct {
	Positive, Negative float32 // valences added up, both ≥ 0, 1 … 5 a word
	Last               float32 // the last valence, with its sign
	Words              int     // words that have one
}

// How far words reach, and how much they change a valence. The factors are
// those of VADER (Hutto and Gilbert, ICWSM 2014), section 3.
const (
	reach     = 3 // words behind a negator or intensifier
	flip      = -0.74
	strength  = 0.293
	perWord   = 4 // a word scale of VADER, −4 … 4, is ours of −5 … 5
	deepest   = 512
	intensive = 1
	weakening = 2
)

// Weigh reads the words of a post in a language. The lexicon's values are
// valences in tenths, −50 … 50.
func Weigh(l *feature.Lexicon, doc *text.Doc, g *feature.Grams, lang string) Evidence {
	var e Evidence
	tag := feature.LangHash(lang)
	latinIsEnglish := otherScripts[tag]
	words := g.Words.List
	negated, stressed, by := 0, 0, float32(0)
	sentence := ^uint32(0)
	for i := 0; i < len(words) && i < deepest; i++ {
		token := &doc.Tokens[words[i].Token]
		if token.Sentence != sentence {
			sentence, negated, stressed = token.Sentence, 0, 0
		}
		if parted(doc, &words[i]) {
			negated, stressed = 0, 0
		}
		valence, taken := l.Longest(doc, words, i, tag)
		if taken == 0 && latinIsEnglish && token.Script == text.Latin {
			valence, taken = l.Longest(doc, words, i, english)
		}
		if taken > 0 && valence != 0 {
			v := float32(valence) / 10
			if stressed > 0 {
				v += by * sign(v)
			}
			if negated > 0 {
				v *= flip
			}
			e.add(v)
			i += taken - 1
			continue
		}
		negated, stressed = max(negated-1, 0), max(stressed-1, 0)
		switch {
		case feature.Negator(tag, token.Folded), latinIsEnglish && feature.Negator(english, token.Folded):
			negated = reach
		case modifier(tag, token.Folded) == intensive:
			stressed, by = reach, strength*5/perWord
		case modifier(tag, token.Folded) == weakening:
			stressed, by = reach, -strength*5/perWord
		}
	}
	return e
}

// parted says whether a comma or the like stands before a word: "ohne Murren,
// tolle Qualität" negates nothing behind it.
func parted(doc *text.Doc, w *feature.Word) bool {
	if w.Fresh {
		return true
	}
	source := doc.Streams[w.Stream].Source
	from, to := doc.Tokens[w.Token-1].End, doc.Tokens[w.Token].Start
	return from < to && strings.ContainsAny(source[from:min(to, from+maxGap)], ",;:，、；：،؛")
}

const maxGap = 32 // bytes between two words that are read

func (e *Evidence) add(v float32) {
	if v > 0 {
		e.Positive += v
	} else {
		e.Negative -= v
	}
	e.Last = v
	e.Words++
}

// Features adds to the features of a linear model what stands around the words, if
// there are any, the words as those of their language, and the evidence: how much
// there is of each, which outweighs, what came last.
func (e *Evidence) Features(g *feature.Grams, doc *text.Doc) {
	if g.Spelt > 0 {
		if feature.Surrounded(doc) {
			g.Around(doc)
		}
		g.Own(doc)
	}
	if e.Words == 0 {
		return
	}
	positive, negative := level(e.Positive), level(e.Negative)
	net := level(max(e.Positive-e.Negative, 0))<<4 | level(max(e.Negative-e.Positive, 0))
	last := level(max(e.Last, 0))<<4 | level(max(-e.Last, 0))
	for copy := range uint64(copies) {
		g.Add(copy<<32 | 1<<16 | positive)
		g.Add(copy<<32 | 2<<16 | negative)
		g.Add(copy<<32 | 3<<16 | net)
		g.Add(copy<<32 | 4<<16 | last)
		g.Add(copy<<32 | 5<<16 | positive<<4 | negative)
	}
}

// copies of each evidence feature, so that few of them weigh up to many n-grams.
const copies = 3

func level(v float32) uint64 {
	switch {
	case v <= 0:
		return 0
	case v <= 1.2:
		return 1
	case v <= 2.2:
		return 2
	case v <= 3.2:
		return 3
	case v <= 4.5:
		return 4
	case v <= 7:
		return 5
	case v <= 11:
		return 6
	}
	return 7
}

func sign(v float32) float32 {
	if v < 0 {
		return -1
	}
	return 1
}

var (
	intensiveWords = map[string]string{
		"en": "very really so extremely absolutely totally completely incredibly super too such utterly fucking damn most insanely truly highly",
		"de": "sehr so total extrem absolut echt richtig mega super voll unglaublich wirklich völlig zu",
		"fi": "erittäin todella tosi niin aivan liian superi äärimmäisen ihan hyvin uskomattoman",
		"fr": "très trop tellement vraiment super extrêmement si absolument totalement",
		"es": "muy tan demasiado realmente super súper extremadamente totalmente bien",
		"pt": "muito tão demais realmente super extremamente totalmente bem",
		"it": "molto troppo così davvero super estremamente totalmente",
		"nl": "heel zeer erg zo echt super enorm te",
		"sv": "mycket väldigt så jätte otroligt riktigt för",
		"ru": "очень так слишком совсем супер крайне невероятно абсолютно",
		"id": "sangat banget sekali amat terlalu",
		"tr": "çok aşırı fazla gerçekten",
		"pl": "bardzo tak zbyt naprawdę super strasznie",
		"zh": "很 太 超 真 极",
		"ar": "جدا جداً كثير كثيرا",
	}
	weakeningWords = map[string]string{
		"en": "slightly somewhat kinda barely bit little fairly quite almost partly marginally",
		"de": "etwas ziemlich bisschen wenig fast halbwegs einigermaßen",
		"fi": "hieman vähän melko melkein aika hiukan",
		"fr": "peu assez presque plutôt",
		"es": "poco algo casi bastante",
		"pt": "pouco algo quase bastante",
		"it": "poco abbastanza quasi piuttosto",
		"ru": "немного слегка почти чуть довольно",
	}
	modifiers = hashModifiers()
)

func hashModifiers() map[uint64]uint8 {
	hashes := map[uint64]uint8{}
	add := func(kind uint8, lists map[string]string) {
		for lang, words := range lists {
			for _, word := range strings.Fields(words) {
				hashes[feature.Mix(feature.LangHash(lang), text.Hash(word))] = kind
			}
		}
	}
	add(intensive, intensiveWords)
	add(weakening, weakeningWords)
	return hashes
}

func modifier(lang, folded uint64) uint8 { return modifiers[feature.Mix(lang, folded)] }

// otherScripts are languages that are not written in Latin letters: a word in
// these is read as an English one there.
var (
	english      = feature.LangHash("en")
	otherScripts = hashLangs("ar bn el fa he hi ja ka kk ko mk mr ru sr ta te th uk ur zh")
)

func hashLangs(langs string) map[uint64]bool {
	hashes := map[uint64]bool{}
	for _, lang := range strings.Fields(langs) {
		hashes[feature.LangHash(lang)] = true
	}
	return hashes
}
