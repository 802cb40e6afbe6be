package topic

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Corpus counts the phrases of some posts. The zero value is empty. It belongs to
// one goroutine.
type Corpus struct {
	Posts   int
	phrases map[string]*counted
	total   int // of all counts of phrases
	runs    int // of those that are runs of characters
}

type counted struct {
	posts  int
	words  int
	run    bool
	people []uint64 // different ones, at most mostPeople
	forms  []form
}

// form is a way a phrase is written.
type form struct {
	text  string
	posts int
}

const (
	leastPeople = 3
	mostPeople  = 50
	mostForms   = 8
	mostCounted = 200_000 // phrases of a corpus

	prior = 500 // a0
)

// Distinction is a phrase that one corpus has more of than another.
type Distinction struct {
	Key    string
	Text   string // as it is written most
	Posts  int    // that have it
	People int    // who used it; 50: or more
	Before int    // posts of the other corpus that have it
	Z      float64
	Run    bool // of characters, written without spaces
}

// Add counts a post by somebody.
func (c *Corpus) Add(person uint64, phrases []Phrase) {
	if c.phrases == nil {
		c.phrases = map[string]*counted{}
	}
	c.Posts++
	for i := range phrases {
		p := &phrases[i]
		n := c.phrases[p.Key]
		if n == nil {
			if len(c.phrases) >= mostCounted {
				continue
			}
			n = &counted{words: p.Words, run: p.Run}
			c.phrases[p.Key] = n
		}
		n.posts++
		c.total++
		if p.Run {
			c.runs++
		}
		if len(n.people) < mostPeople && !slices.Contains(n.people, person) {
			n.people = append(n.people, person)
		}
		n.write(p.Text)
	}
}

func (n *counted) write(text string) {
	for i := range n.forms {
		if n.forms[i].text == text {
			n.forms[i].posts++
			return
		}
	}
	if len(n.forms) < mostForms {
		n.forms = append(n.forms, form{text, 1})
	}
}

// written is how a phrase is written most.
func (n *counted) written() string {
	return slices.MaxFunc(n.forms, func(a, b form) int { return cmp.Or(cmp.Compare(a.posts, b.posts), cmp.Compare(b.text, a.text)) }).text
}

// Usual are the words that at least such a share of the posts has.
func (c *Corpus) Usual(share float64) map[string]bool {
	words := map[string]bool{}
	for key, n := range c.phrases {
		if n.words == 1 && float64(n.posts) >= share*float64(c.Posts) {
			words[key] = true
		}
	}
	return words
}

// Distinct are the phrases that posts have significantly more of than others, used
// by at least three people: the most distinct first, at most so many. A phrase that
// says nothing besides a longer one is left out; so is what begins or ends with a word
// of without, folded.
func (c *Corpus) Distinct(others *Corpus, without map[string]bool, most int) (list []Distinction) {
	n1, n2 := float64(c.total), float64(others.total)
	for key, n := range c.phrases {
		if len(n.people) < leastPeople || idle(key, without) {
			continue
		}
		before := 0
		if o := others.phrases[key]; o != nil {
			before = o.posts
		}
		y1, y2 := float64(n.posts), float64(before)
		_, z := Odds(y1, n1, y2, n2, prior*(y1+y2)/(n1+n2), prior)
		if z < Significant || n.run && !c.holds(key, n) {
			continue
		}
		list = append(list, Distinction{key, n.written(), n.posts, len(n.people), before, z, n.run})
	}
	slices.SortFunc(list, func(a, b Distinction) int {
		return cmp.Or(cmp.Compare(b.Z, a.Z), cmp.Compare(len(b.Key), len(a.Key)), cmp.Compare(a.Key, b.Key))
	})
	return pick(list, most)
}

// Common are the phrases that at least three people use and at least a third of the
// posts have, those of most posts first: for where there is nothing to compare with.
func (c *Corpus) Common(most int) (list []Distinction) {
	for key, n := range c.phrases {
		if len(n.people) >= leastPeople && 3*n.posts >= c.Posts {
			list = append(list, Distinction{key, n.written(), n.posts, len(n.people), 0, 0, n.run})
		}
	}
	slices.SortFunc(list, func(a, b Distinction) int {
		return cmp.Or(cmp.Compare(b.Posts, a.Posts), cmp.Compare(len(b.Key), len(a.Key)), cmp.Compare(a.Key, b.Key))
	})
	return pick(list, most)
}

// idle says that a phrase begins or ends with a word that says nothing here.
func idle(key string, without map[string]bool) bool {
	first, _, _ := strings.Cut(key, " ")
	return without[first] || without[key[strings.LastIndexByte(key, ' ')+1:]]
}

const (
	leastPMI = 1.5 // nats
	rest     = 0.6 // of the posts of a phrase that a longer one may have and leave it standing
)

// holds says that a run of characters holds together: at each place where it could be
// cut, its halves stand together more often than by chance (pointwise mutual
// information of pairs of characters).
func (c *Corpus) holds(key string, n *counted) bool {
	if n.words <= 2 {
		return true // nothing is counted that is shorter
	}
	runes := []rune(key)
	all := float64(max(1, c.runs))
	for cut := 2; cut <= len(runes)-2; cut++ {
		left, right := c.phrases[string(runes[:cut])], c.phrases[string(runes[cut:])]
		if left == nil || right == nil {
			continue
		}
		if math.Log(float64(n.posts)*all/(float64(left.posts)*float64(right.posts))) < leastPMI {
			return false
		}
	}
	return true
}

// pick chooses the best phrases that do not repeat each other.
func pick(list []Distinction, most int) (chosen []Distinction) {
	for _, d := range list {
		if len(chosen) == most {
			break
		}
		longer := slices.IndexFunc(list, func(o Distinction) bool {
			return len(o.Key) > len(d.Key) && within(&o, &d) && float64(o.Posts) >= rest*float64(d.Posts)
		})
		if longer >= 0 || slices.ContainsFunc(chosen, func(o Distinction) bool { return alike(&o, &d) }) {
			continue
		}
		chosen = append(chosen, d)
	}
	return chosen
}

// within says that a phrase is part of a longer one, whole words of it.
func within(long, short *Distinction) bool {
	if long.Run {
		return strings.Contains(long.Key, short.Key)
	}
	return strings.Contains(" "+long.Key+" ", " "+short.Key+" ")
}

// alike says that two phrases share a word or words that begin alike, as inflected
// forms do, or two runs a pair of characters.
func alike(a, b *Distinction) bool {
	if a.Run != b.Run {
		return false
	}
	if a.Run {
		runes := []rune(a.Key)
		for i := 0; i+1 < len(runes); i++ {
			if strings.Contains(b.Key, string(runes[i:i+2])) {
				return true
			}
		}
		return false
	}
	for x := range strings.FieldsSeq(a.Key) {
		for y := range strings.FieldsSeq(b.Key) {
			stem := string(beginning([]byte(x), stemRunes-1))
			if x == y || len(stem) >= stemRunes-1 && strings.HasPrefix(y, stem) {
				return true
			}
		}
	}
	return false
}
