// Package sign reads what spam has in common in all languages: addresses, calls
// to follow, promises of money, ways to get in touch, pressure, repetition. No
// sign alone makes a post spam.
package sign

import (
	"math/bits"
	"slices"
	"strings"

	"hearth/analysis/feature"
	"hearth/text"
)

// Kind is a kind of sign.
type Kind int

// The kinds. Those up to Urges are said by words, the rest by how it is written.
const (
	None    Kind = iota
	Follow       // asks to follow, subscribe, visit
	Money        // promises money, prizes, gifts
	Contact      // gives a way to get in touch beside the network
	Urges        // says that there is no time
	Leads        // leads to an address
	Hides        // leads to an address that hides where it leads
	Calls        // addresses three people or more, or has five tags or more
	Shouts       // capitals, runs of exclamation marks
	Repeats      // says the same again and again
	Figures      // a run of digits as long as a telephone number
	kinds
)

// Names are what the kinds are called in explanations.
func (k Kind) String() string {
	return [kinds]string{"", "asks to follow", "promises money", "gives a contact", "presses", "leads to an address", "hides where it leads",
		"addresses many", "shouts", "repeats itself", "holds a long number"}[k]
}

// Signs reads signs. It is read only and safe for concurrent use.
type Signs struct {
	table *feature.Lexicon
	any   uint64
}

// New makes the table of words.
func New() (*Signs, error) {
	var entries []feature.Entry
	for kind := Urges; kind > None; kind-- { // of two kinds for one phrase the later counts
		for _, phrase := range strings.Split(words[kind], ",") {
			entries = append(entries, feature.Entry{Phrase: phrase, Value: int8(kind)})
		}
	}
	table, err := feature.ReadLexicon(feature.MakeLexicon(entries))
	return &Signs{table: table, any: feature.LangHash("")}, err
}

// Found is the signs of a post: how often each is there.
type Found [kinds]int

// Kinds is how many kinds of signs there are.
func (f *Found) Kinds() (n int) {
	for _, times := range f {
		if times > 0 {
			n++
		}
	}
	return n
}

// Spam says whether a post with these signs is spam, which scores so much by the
// head. Under a video about every second comment is, so even odds are enough
// there. Elsewhere spam is rare, an address is in every third post, and customers
// beg and subscribe, too: there the head must be surer, something must be asked
// for or promised, and another sign must stand beside that.
func (f *Found) Spam(score float64, underVideo bool) bool {
	if underVideo {
		return score >= 0
	}
	return score >= surer && f.asks() && f.Kinds() > 1
}

// surer is the head's score from which on a post may be spam that does not stand
// under a video.
const surer = 1.5

// Enough says whether the signs alone make a post spam, where no head reads the
// language: something asked for or promised, a way to where that is, and a third.
func (f *Found) Enough() bool {
	way := f[Leads] > 0 || f[Contact] > 0 || f[Figures] > 0
	return (f[Follow] > 0 || f[Money] > 0) && way && f.Kinds() > 2
}

func (f *Found) asks() bool {
	return f[Follow] > 0 || f[Money] > 0 || f[Contact] > 0 || f[Urges] > 0
}

// List is the kinds that are there.
func (f *Found) List() (list []Kind) {
	for kind, times := range f {
		if times > 0 {
			list = append(list, Kind(kind))
		}
	}
	return list
}

// Read reads the signs of a document of which g has read the words.
func (s *Signs) Read(doc *text.Doc, g *feature.Grams) (f Found) {
	for i := range g.Words.List {
		kinds, n := s.table.All(doc, g.Words.List, i, s.any)
		for _, kind := range kinds[:n] {
			f[kind]++
		}
	}
	mentions, tags := 0, 0
	for i := range doc.Tags {
		if doc.Tags[i].Kind == text.Mention {
			mentions++
		} else {
			tags++
		}
	}
	if mentions >= 3 || tags >= 5 {
		f[Calls] = 1
	}
	for i := range doc.Streams {
		f.read(doc.Streams[i].Source)
	}
	if g.Spelt > 0 && (g.Capitals*2 > g.Spelt && g.Capitals > 2 || g.Exclaimed > 3) {
		f[Shouts] = 1
	}
	f.repeats(doc, g)
	return f
}

// shorteners are hosts whose addresses do not tell where they lead. Networks put
// their own (t.co and the like) around every address: those are not meant.
var shorteners = []string{"bit.ly", "goo.gl", "tinyurl.com", "adf.ly", "ow.ly", "is.gd", "cutt.ly", "rebrand.ly", "shorturl.at", "tiny.cc", "rb.gy", "s.id", "linktr.ee", "wa.me", "t.me", "shorte.st", "bc.vc", "v.gd"}

// most of a text is read for addresses and numbers.
const most = 1 << 14

// read finds addresses and numbers in a text.
func (f *Found) read(s string) {
	s = s[:min(len(s), most)]
	for rest := s; ; {
		at := strings.Index(rest, "://")
		if at < 0 {
			break
		}
		f[Leads]++
		rest = rest[at+3:]
		if slices.ContainsFunc(shorteners, func(host string) bool { return leadsTo(rest, host) }) {
			f[Hides]++
		}
	}
	for rest := s; ; {
		at := strings.Index(rest, "www.")
		if at < 0 {
			break
		}
		if at == 0 || rest[at-1] != '/' { // the others were counted above
			f[Leads]++
		}
		rest = rest[at+4:]
	}
	f[Leads] += hosts(s)
	digits := 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] >= '0' && s[i] <= '9':
			digits++
		case i < len(s) && digits > 0 && (s[i] == ' ' || s[i] == '-' || s[i] == '(' || s[i] == ')'):
		default:
			if digits >= 9 && digits <= 15 {
				f[Figures]++
			}
			digits = 0
		}
	}
}

// endings are those of hosts that are written without a scheme, so that no
// link is made of them and filters do not see them.
var endings = []string{"com", "net", "org", "info", "biz", "tv", "me", "ly", "xyz", "top", "shop", "online", "site", "club", "live", "vip", "co", "io", "cn", "ru", "de", "fi"}

// hosts counts names like shop.example.com that stand alone, also with spaces
// around their dots.
func hosts(s string) (n int) {
	for i := 1; i+2 < len(s); i++ {
		if s[i] != '.' || i > 3 && strings.HasSuffix(s[:i], "www") {
			continue
		}
		before, after := strings.TrimSuffix(s[:i], " "), strings.TrimPrefix(s[i+1:], " ")
		if before == "" || !named(before[len(before)-1]) || len(before) < i != (len(after) < len(s)-i-1) {
			continue // "end. Com" is the end of a sentence, "name . com" is not
		}
		end := 0
		for end < len(after) && named(after[end]) {
			end++
		}
		if !slices.Contains(endings, strings.ToLower(after[:end])) {
			continue
		}
		from := len(before)
		for from > 0 && before[from-1] > ' ' {
			from--
		}
		if word := before[from:]; !strings.Contains(word, "://") && !strings.Contains(word, "@") && !strings.Contains(word, "www") {
			n++
		}
	}
	return n
}

func named(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' }

func leadsTo(s, host string) bool {
	s = strings.TrimPrefix(s, "www.")
	return len(s) >= len(host) && strings.EqualFold(s[:len(host)], host) && (len(s) == len(host) || s[len(host)] == '/')
}

// repeats looks whether a fifth of the words or fewer are different ones. Words
// are told apart by six bits of their hash, which is enough for that.
func (f *Found) repeats(doc *text.Doc, g *feature.Grams) {
	var seen [16]uint64 // 1,024 places
	n := 0
	for i := range g.Words.List {
		h := doc.Tokens[g.Words.List[i].Token].Folded
		seen[h>>6&15] |= 1 << (h & 63)
		n++
	}
	different := 0
	for _, b := range seen {
		different += bits.OnesCount64(b)
	}
	if n >= 10 && different*5 <= n {
		f[Repeats] = 1
	}
}

// copies of each feature, so that few of them weigh up to many n-grams.
const copies = 4

// Features adds the signs, and how many kinds there are, to the features of a
// linear model.
func (f *Found) Features(g *feature.Grams) {
	for copy := range uint64(copies) {
		at := copy << 32
		for kind, times := range f {
			if times > 0 {
				g.Add(at | uint64(kind)<<8 | uint64(min(times, 3)))
			}
		}
		g.Add(at | uint64(kinds)<<8 | uint64(min(f.Kinds(), 6)))
		g.Add(at | uint64(kinds+1)<<8 | uint64(bits.Len(uint(g.Spelt))))
	}
}
