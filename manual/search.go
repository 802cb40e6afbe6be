package manual

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"hearth/text"
)

// Found is a section that answers a search.
type Found struct {
	Chapter *Chapter
	ID      string // the anchor; "" is the beginning of the chapter
	Title   string
	Excerpt []Piece
}

// Piece is a stretch of an excerpt.
type Piece struct {
	Text string
	Hit  bool
}

// search is an index of all sections, small enough to be read through.
type search struct {
	words    []string // plain spellings, sorted
	sections []section
}

// section is what stands between two headings.
type section struct {
	chapter *Chapter
	id      string
	title   string
	heading []word // of the title
	body    string
	words   []word // of the body
}

// word is one word of a section: which, and where in its text.
type word struct {
	n          int32 // of search.words
	start, end uint32
}

// The weights of a word by where it stands.
const (
	inTitle   = 6.0
	inChapter = 1.0
	mostTimes = 4 // more of the same in a body count no more
)

func newSearch(chapters []*Chapter) *search {
	s := &search{}
	for _, c := range chapters {
		s.sections = append(s.sections, sectionsOf(c)...)
	}
	known := map[string]bool{}
	for i := range s.sections {
		for _, t := range [...]string{s.sections[i].title, s.sections[i].body} {
			cut(t, func(spelling string, _, _ uint32) { known[spelling] = true })
		}
	}
	for w := range known {
		s.words = append(s.words, w)
	}
	sort.Strings(s.words)
	for i := range s.sections {
		s.sections[i].heading = s.numbered(s.sections[i].title)
		s.sections[i].words = s.numbered(s.sections[i].body)
	}
	return s
}

// sectionsOf cuts a chapter at its headings.
func sectionsOf(c *Chapter) (list []section) {
	at := section{chapter: c, title: c.Title}
	var body strings.Builder
	end := func() {
		at.body = body.String()
		list = append(list, at)
		body.Reset()
	}
	for i := range c.Blocks {
		b := &c.Blocks[i]
		if b.Kind != Title {
			write(&body, b)
			continue
		}
		if b.Level > 1 {
			end()
			at = section{chapter: c, id: b.ID, title: plain(b.Text)}
		}
	}
	end()
	return list
}

// write is the text of a block, a line for each stretch.
func write(to *strings.Builder, b *Block) {
	line := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			to.WriteString(s)
			to.WriteByte('\n')
		}
	}
	line(strings.ReplaceAll(plain(b.Text), "\n", " "))
	line(b.Code)
	for i := range b.Blocks {
		write(to, &b.Blocks[i])
	}
	for _, item := range b.Items {
		for i := range item.Blocks {
			write(to, &item.Blocks[i])
		}
	}
	for _, row := range append([][]Cell{b.Head}, b.Rows...) {
		var cells []string
		for _, c := range row {
			cells = append(cells, plain(c.Text))
		}
		line(strings.Join(cells, " · "))
	}
}

// cut gives the words of a text by the rules of the house.
func cut(s string, each func(spelling string, start, end uint32)) {
	var doc text.Doc
	doc.Add(text.Text, s)
	for i := range doc.Tokens {
		t := &doc.Tokens[i]
		each(string(doc.PlainOf(t)), t.Start, t.End)
	}
}

func (s *search) numbered(of string) (list []word) {
	cut(of, func(spelling string, start, end uint32) {
		list = append(list, word{int32(sort.SearchStrings(s.words, spelling)), start, end})
	})
	return list
}

// stretch is the words that begin with a word: search.words[from:to].
type stretch struct{ from, to int32 }

func (r stretch) has(n int32) bool { return n >= r.from && n < r.to }

// The most words of a search that are looked for.
const mostWords = 12

func (s *search) stretches(q string) (list []stretch) {
	cut(q, func(spelling string, _, _ uint32) {
		if len(list) == mostWords {
			return
		}
		from := sort.SearchStrings(s.words, spelling)
		to := from
		for to < len(s.words) && strings.HasPrefix(s.words[to], spelling) {
			to++
		}
		list = append(list, stretch{int32(from), int32(to)})
	})
	return list
}

// Search gives the sections that hold all words of q or words that begin with
// them, the best first, at most limit.
func (m *Manual) Search(q string, limit int) []Found {
	s := m.search
	wanted := s.stretches(shortened(q))
	if len(wanted) == 0 {
		return nil
	}
	counts := make([][]int, len(s.sections))
	in := make([]int, len(wanted)) // in how many sections a word stands
	for i := range s.sections {
		counts[i] = s.sections[i].count(wanted)
		for k, n := range counts[i] {
			if n > 0 {
				in[k]++
			}
		}
	}
	type scored struct {
		*section
		score float64
	}
	var all []scored
	for i := range s.sections {
		if score := s.sections[i].score(wanted, counts[i], in, len(s.sections)); score > 0 {
			all = append(all, scored{&s.sections[i], score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var found []Found
	for _, a := range all[:min(limit, len(all))] {
		found = append(found, Found{a.chapter, a.id, a.title, a.excerpt(wanted)})
	}
	return found
}

// The longest search that is read, in bytes.
const longestSearch = 400

func shortened(q string) string {
	if len(q) > longestSearch {
		q = strings.ToValidUTF8(q[:longestSearch], "")
	}
	return q
}

// count is how often each wanted word stands in the section; in a title it
// counts as well.
func (a *section) count(wanted []stretch) []int {
	n := make([]int, len(wanted))
	for _, list := range [...][]word{a.heading, a.words} {
		for _, w := range list {
			for k, r := range wanted {
				if r.has(w.n) {
					n[k]++
				}
			}
		}
	}
	return n
}

// score is how well the section answers: rare words weigh more, as do those of
// a title. 0: a word is not there.
func (a *section) score(wanted []stretch, counts, in []int, sections int) float64 {
	score := 0.0
	for k, r := range wanted {
		if counts[k] == 0 {
			return 0
		}
		weight := math.Log(1 + float64(sections)/float64(in[k]))
		times := float64(min(counts[k], mostTimes)) / mostTimes
		if slices.ContainsFunc(a.heading, func(w word) bool { return r.has(w.n) }) {
			times += inTitle / float64(1+len(a.heading)) * 2
		}
		if a.id == "" {
			times += inChapter / mostTimes
		}
		score += weight * times
	}
	return score
}

// How long an excerpt is, in bytes, and how much of it stands before the first
// word.
const (
	excerptSize = 180
	excerptLead = 60
)

// excerpt is the line of the section with the most of what is wanted, cut at
// blanks.
func (a *section) excerpt(wanted []stretch) []Piece {
	hit := func(w word) bool {
		return slices.ContainsFunc(wanted, func(r stretch) bool { return r.has(w.n) })
	}
	best, most := 0, -1
	line, seen := 0, 0
	from := 0
	for _, w := range a.words {
		if nl := strings.LastIndexByte(a.body[from:w.start], '\n'); nl >= 0 {
			line, seen = from+nl+1, 0
		}
		from = int(w.start)
		if hit(w) {
			if seen++; seen > most {
				best, most = line, seen
			}
		}
	}
	end := len(a.body)
	if nl := strings.IndexByte(a.body[best:], '\n'); nl >= 0 {
		end = best + nl
	}
	var inside []word
	for _, w := range a.words {
		if int(w.start) >= best && int(w.end) <= end && hit(w) {
			inside = append(inside, w)
		}
	}
	start := best
	if len(inside) > 0 && int(inside[0].start)-best > excerptLead && end-best > excerptSize {
		start = int(inside[0].start) - excerptLead
		if blank := strings.IndexByte(a.body[start:inside[0].start], ' '); blank >= 0 {
			start += blank + 1
		} else {
			start = int(inside[0].start)
		}
	}
	stop := end
	if stop-start > excerptSize {
		stop = start + excerptSize
		if blank := strings.LastIndexByte(a.body[start:stop], ' '); blank > 0 {
			stop = start + blank
		}
	}
	return pieces(a.body, start, stop, best, end, inside)
}

// pieces cuts body[start:stop], a part of the line body[first:last], at its
// hits.
func pieces(body string, start, stop, first, last int, hits []word) (list []Piece) {
	add := func(s string, hit bool) {
		if s = strings.ToValidUTF8(s, ""); s != "" {
			list = append(list, Piece{s, hit})
		}
	}
	if start > first {
		add("… ", false)
	}
	at := start
	for _, w := range hits {
		if int(w.start) < at || int(w.end) > stop {
			continue
		}
		add(body[at:w.start], false)
		add(body[w.start:w.end], true)
		at = int(w.end)
	}
	add(body[at:stop], false)
	if stop < last {
		add(" …", false)
	}
	return list
}
