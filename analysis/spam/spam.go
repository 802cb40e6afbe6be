// Package spam tells whether a post is spam: written to draw attention, clicks
// or money to something that has nothing to do with what is talked about.
//
// It hears signs (package sign) in any language, and in English a linear head
// over hashed words that was trained on public comments by the program in train.
// MODEL.md has the data, licences, scores and limits. It judges a post by itself;
// who repeats the same over many posts is found elsewhere. No sign alone is
// enough, and where no head reads the language three kinds must come together.
package spam

import (
	_ "embed"
	"sync"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/feature"
	"hearth/analysis/spam/sign"
	"hearth/text"
)

//go:embed head.bin
var headFile []byte

//go:embed MODEL.md
var card string

// Version changes whenever some post could be judged otherwise than before.
const Version = 1

var english = feature.LangHash("en")

// Analyzer sets Post.Spam where it is missing: true, false where the head has
// read the post and thinks otherwise, and unknown where neither is sure. It reads
// the post's language. It panics if the model built into the program is damaged.
func Analyzer() analysis.Analyzer {
	j, err := newJudge()
	if err != nil {
		panic(err)
	}
	return analysis.Analyzer{Name: "spam", Version: Version, Adds: []string{"spam"}, Card: card, Run: j.run}
}

type judge struct {
	head    *feature.Head
	signs   *sign.Signs
	readers sync.Pool // of *feature.Grams
}

func newJudge() (*judge, error) {
	head, _, err := feature.ReadHead(headFile)
	if err != nil {
		return nil, err
	}
	signs, err := sign.New()
	if err != nil {
		return nil, err
	}
	return &judge{head: head, signs: signs}, nil
}

func (j *judge) run(items []analysis.Item) {
	g, _ := j.readers.Get().(*feature.Grams)
	if g == nil {
		g = &feature.Grams{}
	}
	for i := range items {
		if post := items[i].Post; post.Spam == hearth.Unknown {
			post.Spam = j.judge(g, items[i].Doc, post)
		}
	}
	j.readers.Put(g)
}

func (j *judge) judge(g *feature.Grams, doc *text.Doc, post *hearth.Post) hearth.Bool {
	g.Read(doc, post.Lang)
	found := j.signs.Read(doc, g)
	if feature.LangHash(post.Lang) != english {
		if found.Enough() {
			return hearth.True
		}
		return hearth.Unknown
	}
	if len(g.Words.List) == 0 && found.Kinds() == 0 {
		return hearth.Unknown
	}
	found.Features(g)
	var scores [feature.MaxOutputs]float32
	j.head.Score(g.Hashes, &scores)
	if found.Spam(float64(scores[0]), post.Network == videos) {
		return hearth.True
	}
	return hearth.False
}

// videos is the network whose posts are comments under videos.
const videos = "youtube"

// Why are the signs of spam in a post; a post may have some and not be spam.
func Why(p *hearth.Post, doc *text.Doc) ([]sign.Kind, error) {
	signs, err := sign.New()
	if err != nil {
		return nil, err
	}
	var g feature.Grams
	g.Read(doc, p.Lang)
	found := signs.Read(doc, &g)
	return found.List(), nil
}
