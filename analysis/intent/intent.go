// Package intent tells what the author of a post wants: to complain, ask,
// praise, suggest or buy. Any number of these may hold, and mostly none does.
//
// Questions, suggestions and purchases are found by written cues (package cue) in
// fifteen languages. Complaint and praise also need the post to feel that way; in
// the languages with labelled posts a linear head decides on them and on
// suggestions too. MODEL.md has its data, licences, scores and limits.
//
// It does not tell whom a complaint is about, and not whether a question is meant
// as one.
package intent

import (
	_ "embed"
	"sync"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/feature"
	"hearth/analysis/intent/cue"
	"hearth/text"
)

//go:embed head.bin
var headFile []byte

//go:embed MODEL.md
var card string

// Version changes whenever some post could get other intents than before.
const Version = 2

// Analyzer sets Post.Intent where it is missing. It reads the post's language and
// sentiment, so it runs behind those. It panics if the model built into the
// program is damaged.
func Analyzer() analysis.Analyzer {
	g, err := newGuesser(headFile)
	if err != nil {
		panic(err)
	}
	return analysis.Analyzer{Name: "intent", Version: Version, Adds: []string{"intent"}, Card: card, Run: g.run}
}

type guesser struct {
	cues     *cue.Cues
	head     *feature.Head
	settings []cue.Setting
	readers  sync.Pool // of *feature.Grams
}

func newGuesser(file []byte) (*guesser, error) {
	cues, err := cue.New()
	if err != nil {
		return nil, err
	}
	head, rest, err := feature.ReadHead(file)
	if err != nil {
		return nil, err
	}
	settings, err := cue.ReadSettings(rest)
	if err != nil {
		return nil, err
	}
	return &guesser{cues: cues, head: head, settings: settings}, nil
}

func (g *guesser) run(items []analysis.Item) {
	r, _ := g.readers.Get().(*feature.Grams)
	if r == nil {
		r = &feature.Grams{}
	}
	for i := range items {
		if post := items[i].Post; len(post.Intent) == 0 {
			post.Intent = sets[g.guess(r, items[i].Doc, post)]
		}
	}
	g.readers.Put(r)
}

// A set of intents is a bit for each of hearth.Intents.
const (
	complaint = 1 << iota
	asking
	praise
	suggestion
	purchase
	all
)

// sets is the list of intents for every set, so that no post needs memory for
// its own. The lists are full: appending to one copies it.
var sets = allSets()

func allSets() (lists [all][]hearth.Intent) {
	for set := range lists {
		for i, intent := range hearth.Intents {
			if set&(1<<i) != 0 {
				lists[set] = append(lists[set], intent)
			}
		}
		lists[set] = lists[set][:len(lists[set]):len(lists[set])]
	}
	return lists
}

// guess is the set of intents of a post.
func (g *guesser) guess(r *feature.Grams, doc *text.Doc, post *hearth.Post) (set int) {
	r.Read(doc, post.Lang)
	if len(r.Words.List) == 0 {
		return 0
	}
	lang := feature.LangHash(post.Lang)
	found := g.cues.Read(doc, r.Words.List, lang)
	if found.Asks {
		set |= asking
	}
	if found.Buys {
		set |= purchase
	}
	setting := g.setting(lang)
	if setting == nil {
		return set | byCues(&found, post)
	}
	found.Features(r, doc, post.Sentiment, post.SentimentScore.V)
	var scores [feature.MaxOutputs]float32
	g.head.Score(r.Hashes, &scores)
	for output, intent := range [cue.Outputs]int{cue.Complaint: complaint, cue.Praise: praise, cue.Suggestion: suggestion, cue.Purchase: purchase} {
		score := float64(scores[output])
		if output == cue.Suggestion {
			score += found.Ease()
		}
		if score >= setting.From[output] {
			set |= intent
		}
	}
	return set | byCues(&found, post)&^decided(setting)
}

// byCues are the intents that cues and mood speak for.
func byCues(f *cue.Found, post *hearth.Post) (set int) {
	score := post.SentimentScore.V
	if f.Wishes {
		set |= suggestion
	}
	if f.Complaints > 0 && (score < -0.15 || post.Sentiment == hearth.Negative) {
		set |= complaint
	}
	if f.Praises > 0 && (score > 0.3 || post.Sentiment == hearth.Positive) {
		set |= praise
	}
	return set
}

// decided are the intents that the head alone decides on in a language.
func decided(s *cue.Setting) (set int) {
	if s.From[cue.Complaint] < cue.Never {
		set |= complaint
	}
	if s.From[cue.Suggestion] < cue.Never {
		set |= suggestion
	}
	return set
}

// setting is the language's, or nil where the head was not trained on it.
func (g *guesser) setting(lang uint64) *cue.Setting {
	for i := range g.settings {
		if g.settings[i].Hash == lang {
			return &g.settings[i]
		}
	}
	return nil
}
