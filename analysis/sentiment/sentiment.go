// Package sentiment tells how a post feels: negative, neutral or positive, and
// how much so from −1 to 1.
//
// Two things are heard: a lexicon of rated words with what negates and
// strengthens them, and a linear head over hashed words, pairs and pieces of
// words, emoji and punctuation that was trained on public posts by the program
// in train. MODEL.md has the data, licences, scores and limits. In languages
// that the head was not trained on, only posts with rated words, emoji or
// emoticons get an answer; everywhere, one that is hardly likelier than the next
// is left out.
//
// It judges the post as a whole, not what it says about one brand, and it does
// not understand irony.
package sentiment

import (
	_ "embed"
	"math"
	"sync"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/feature"
	"hearth/analysis/sentiment/lexicon"
	"hearth/text"
)

//go:embed lexicon.bin
var lexiconFile []byte

//go:embed head.bin
var headFile []byte

//go:embed MODEL.md
var card string

// Version changes whenever some post could be judged otherwise than before.
const Version = 3

// The head's outputs.
const (
	negative = iota
	neutral
	positive
	classes
)

// Analyzer sets Post.Sentiment and Post.SentimentScore where both are missing.
// It panics if the model built into the program is damaged.
func Analyzer() analysis.Analyzer {
	j, err := newJudge(lexiconFile, headFile)
	if err != nil {
		panic(err)
	}
	return analysis.Analyzer{Name: "sentiment", Version: Version, Adds: []string{"sentiment"}, Card: card, Run: j.run}
}

type judge struct {
	lexicon  *feature.Lexicon
	head     *feature.Head
	settings []lexicon.Setting // by language; the first is for any other
	readers  sync.Pool         // of *feature.Grams
}

func newJudge(lexiconFile, headFile []byte) (*judge, error) {
	words, err := feature.ReadLexicon(lexiconFile)
	if err != nil {
		return nil, err
	}
	head, rest, err := feature.ReadHead(headFile)
	if err != nil {
		return nil, err
	}
	settings, err := lexicon.ReadSettings(rest)
	if err != nil {
		return nil, err
	}
	return &judge{lexicon: words, head: head, settings: settings}, nil
}

func (j *judge) run(items []analysis.Item) {
	g, _ := j.readers.Get().(*feature.Grams)
	if g == nil {
		g = &feature.Grams{}
	}
	for i := range items {
		post := items[i].Post
		if post.Sentiment != "" || post.SentimentScore.Known {
			continue
		}
		if label, score, sure := j.judge(g, items[i].Doc, post.Lang, items[i].Layer); sure {
			post.Sentiment, post.SentimentScore = label, hearth.KnownNumber(score)
		}
	}
	j.readers.Put(g)
}

// judge is what the document feels like, if that is sure enough.
func (j *judge) judge(g *feature.Grams, doc *text.Doc, lang string, layer *analysis.Layer) (label hearth.Sentiment, score float64, sure bool) {
	p, trained, ok := j.probabilities(g, doc, lang)
	if !ok {
		return "", 0, false
	}
	p = layer.Shift(lang, p)
	best, second := neutral, 0.0
	for k := range p {
		if p[k] > p[best] {
			best = k
		}
	}
	for k := range p {
		if k != best {
			second = max(second, p[k])
		}
	}
	least := leastLead
	if !trained && g.Spelt > 0 {
		least = leastLeadUntrained
	}
	if p[best]-second < least {
		return "", 0, false
	}
	score = math.Round((p[positive]-p[negative])*1000) / 1000
	return [classes]hearth.Sentiment{hearth.Negative, hearth.Neutral, hearth.Positive}[best], score, true
}

// probabilities of negative, neutral and positive, before any layer; false where
// nothing is heard.
func (j *judge) probabilities(g *feature.Grams, doc *text.Doc, lang string) (p [classes]float64, trained, ok bool) {
	g.Read(doc, lang)
	evidence := lexicon.Weigh(j.lexicon, doc, g, lang)
	setting, known := j.setting(lang)
	trained = known
	if len(g.Words.List) == 0 && g.Signs == 0 {
		return p, trained, false
	}
	if !trained && evidence.Words == 0 && g.Signs == 0 {
		return p, trained, false
	}
	evidence.Features(g, doc)
	var scores [feature.MaxOutputs]float32
	j.head.Score(g.Hashes, &scores)
	return setting.Probabilities(scores[:classes]), trained, true
}

// Scorer gives what the model alone makes of posts: the probabilities of negative,
// neutral and positive; false where it hears nothing. It may be used by many
// goroutines at once, and panics like Analyzer.
func Scorer() func(p *hearth.Post) ([3]float64, bool) {
	j, err := newJudge(lexiconFile, headFile)
	if err != nil {
		panic(err)
	}
	return func(post *hearth.Post) ([3]float64, bool) {
		var doc text.Doc
		if post.Title != "" {
			doc.Add(text.Title, post.Title)
		}
		doc.Add(text.Text, post.Text)
		p, _, ok := j.probabilities(&feature.Grams{}, &doc, post.Lang)
		return p, ok
	}
}

// How much likelier than the next the best answer must be, also in languages that
// the head was not trained on.
const (
	leastLead          = 0.002
	leastLeadUntrained = 0.1
)

// setting is the language's own, or the one for any other.
func (j *judge) setting(lang string) (s *lexicon.Setting, trained bool) {
	hash := feature.LangHash(lang)
	for i := 1; i < len(j.settings); i++ {
		if j.settings[i].Hash == hash {
			return &j.settings[i], true
		}
	}
	return &j.settings[0], false
}
