// Package mix makes the frozen monitors and posts of the firehose measurement:
// the same on every machine and in every release, so that figures can be
// compared. All brands, people and texts are invented.
//
// Monitors are 60 % brand lists (an OR of 3–8 phrases with 1–3 exclusions),
// 25 % AND and NEAR groups, 10 % wildcards, 5 % fields alone. Posts are
// Jetstream v1 frames of 650–800 bytes in the languages, lengths and shapes of
// a real stream; one in a hundred matches.
//
// Version changes whenever any output would.
package mix

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Version of the mix; figures of different versions do not compare.
const Version = 1

// World is the vocabulary of the mix: common words of each language, a long
// tail of rare ones, and the brands that monitors listen for.
type World struct {
	tail []string
}

// NewWorld is always the same world.
func NewWorld() *World {
	r := rand.New(rand.NewPCG(1, 20))
	w := &World{}
	for range 60_000 {
		w.tail = append(w.tail, syllables(r, 2+r.IntN(3)))
	}
	return w
}

const (
	onsets = "b c d f g h j k l m n p r s t v w z br cl dr fl gr kr pl pr sl st tr sh"
	vowels = "a e i o u a e i o ai ea io ou"
	codas  = " n r s l t m k nd st rt x"
)

var (
	onsetList = strings.Fields(onsets)
	vowelList = strings.Fields(vowels)
	codaList  = append(strings.Fields(codas), "", "", "", "")
)

func syllables(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(onsetList[r.IntN(len(onsetList))])
		b.WriteString(vowelList[r.IntN(len(vowelList))])
	}
	b.WriteString(codaList[r.IntN(len(codaList))])
	return b.String()
}

// brand is the name of the i-th monitored brand. The letter q marks the names
// so that no word of the long tail is one.
func brand(i int) string {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	return "q" + vowelList[r.IntN(5)] + syllables(r, 2)
}

var productWords = strings.Fields(`phone app card store coffee shoes bank service support delivery watch battery
	camera update shop ticket train flight hotel burger bike car jacket game console`)

var moodWords = strings.Fields(`broken slow great love hate terrible awesome refund complaint price cheap expensive
	waiting cancelled late fast friendly rude bug crash`)

var noiseWords = strings.Fields(`giveaway hiring jobs stock coupon promo nsfw lyrics horoscope karaoke`)

// Monitors is n queries. The first k of a longer list are those of a shorter
// one.
func (w *World) Monitors(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = w.monitor(i)
	}
	return list
}

func (w *World) monitor(i int) string {
	r := rand.New(rand.NewPCG(uint64(i), 11))
	name := brand(i)
	switch share := i % 20; {
	case share < 12:
		return w.brandList(r, name)
	case share < 17:
		return w.group(r, name)
	case share < 19:
		return wildcards(r, name)
	}
	return fields(r, name)
}

func (w *World) brandList(r *rand.Rand, name string) string {
	alternatives := []string{name, "#" + name}
	for len(alternatives) < 3+r.IntN(6) {
		switch r.IntN(4) {
		case 0:
			alternatives = append(alternatives, fmt.Sprintf("%q", name+" "+pick(r, productWords)))
		case 1:
			alternatives = append(alternatives, fmt.Sprintf("%q", w.rare(r)+" "+name))
		case 2:
			alternatives = append(alternatives, "@"+name+pick(r, []string{"", "_help", "_official"}))
		case 3:
			alternatives = append(alternatives, "#"+name+pick(r, productWords))
		}
	}
	query := "(" + strings.Join(alternatives, " OR ") + ")"
	for range 1 + r.IntN(3) {
		if r.IntN(2) == 0 {
			query += " AND NOT " + pick(r, noiseWords)
		} else {
			query += fmt.Sprintf(" AND NOT %q", pick(r, noiseWords)+" "+pick(r, productWords))
		}
	}
	return query
}

func (w *World) group(r *rand.Rand, name string) string {
	moods := pick(r, moodWords) + " OR " + pick(r, moodWords) + " OR " + pick(r, moodWords)
	switch r.IntN(4) {
	case 0:
		return fmt.Sprintf("%s NEAR/%d (%s)", name, 2+r.IntN(8), moods)
	case 1:
		return fmt.Sprintf("(%s OR %q) AND (%s)", name, name+" "+pick(r, productWords), moods)
	case 2:
		return fmt.Sprintf("%s AND %s AND lang:en", name, pick(r, productWords))
	}
	return fmt.Sprintf("%q AND (%s) AND NOT %s", w.rare(r)+" "+pick(r, productWords), moods, pick(r, noiseWords))
}

func wildcards(r *rand.Rand, name string) string {
	switch r.IntN(3) {
	case 0:
		return name + "* AND NOT " + pick(r, noiseWords)
	case 1:
		return fmt.Sprintf("%q OR #%s*", name+" "+pick(r, productWords)+"*", name)
	}
	return fmt.Sprintf("%s?%s OR %s*", name[:3], name[4:], name)
}

func fields(r *rand.Rand, name string) string {
	switch r.IntN(5) {
	case 0:
		return "author:" + name + ".example"
	case 1:
		return "link:" + name + ".example"
	case 2:
		return "authorid:did:plc:" + did(r)
	case 3:
		return fmt.Sprintf("hashtag:%s AND has:image", name)
	}
	return "mention:" + name + ".example AND lang:(en OR de)"
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// rare is a word of the long tail.
func (w *World) rare(r *rand.Rand) string { return w.tail[r.IntN(len(w.tail))] }

const base32 = "abcdefghijklmnopqrstuvwxyz234567"

func did(r *rand.Rand) string { return letters(r, 24) }

func letters(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = base32[r.IntN(len(base32))]
	}
	return string(b)
}
