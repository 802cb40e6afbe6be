package analysis

import "math"

// Layer is what the people of a workspace taught about its own posts: how much
// likelier than the shared models say each sentiment is. It adds to the log-odds
// of the classes, so that within a class the order of posts stays; the models
// themselves are the same for everybody. Nil is the models alone. It is read only
// and safe for concurrent use.
type Layer struct {
	// Sentiment is by language, "" for all others: what is added to the logarithms
	// of the probabilities of negative, neutral and positive.
	Sentiment map[string][3]float64
}

// Shift is the probabilities of a post in a language as the layer has them.
func (l *Layer) Shift(lang string, p [3]float64) [3]float64 {
	if l == nil || len(l.Sentiment) == 0 {
		return p
	}
	by, ok := l.Sentiment[lang]
	if !ok {
		by = l.Sentiment[""]
	}
	sum := 0.0
	for k := range p {
		p[k] *= math.Exp(by[k])
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}
