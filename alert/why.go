package alert

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hearth"
	"hearth/access"
	"hearth/alert/forecast"
	"hearth/analysis/topic"
	"hearth/monitor"
	"hearth/query"
	"hearth/text"
)

const (
	readPosts   = 400 // of a stretch, the newest
	usualSpan   = 24 * time.Hour
	shownTerms  = 5
	shownVoices = 3
	shownPosts  = 3
	leastTerm   = 3    // posts
	leastPart   = 0.05 // of the posts
	leastApart  = 2    // deviations
	commonPart  = 0.1  // of the posts before: such a word is not new
)

// usualDays are how many days before an alert its words are compared with: not
// the day before, on which it may have begun to smoulder.
var usualDays = [...]time.Duration{2, 3, 4, 5, 7}

// reading is what was read of an alert's posts.
type reading struct {
	posts    []monitor.Mention
	terms    []Term
	voices   []Voice
	samples  []Sample
	reshares []forecast.Reshare // of the post that is passed on most
}

// readPostsOf reads the posts of a monitor since a time, and what sets them
// apart from the days before.
func (a *Alerts) readPostsOf(ctx context.Context, ws hearth.WorkspaceID, mon *monitor.Monitor, from time.Time) (*reading, error) {
	by := access.LocalOwner(ws)
	now, err := a.o.Monitors.Mentions(ctx, by, monitor.MentionSearch{Monitor: mon.ID, From: from, Limit: readPosts})
	if err != nil {
		return nil, err
	}
	var before []monitor.Mention
	for _, ago := range usualDays {
		to := from.Add(-ago * 24 * time.Hour)
		page, err := a.o.Monitors.Mentions(ctx, by, monitor.MentionSearch{Monitor: mon.ID, From: to.Add(-usualSpan), To: to, Limit: readPosts / len(usualDays)})
		if err != nil {
			return nil, err
		}
		before = append(before, page.Mentions...)
	}
	q, _ := a.o.Monitors.Parse(ws, mon.Query)
	r := &reading{posts: now.Mentions}
	r.terms = distinct(now.Mentions, before, asked(q))
	r.voices = loudest(now.Mentions)
	r.samples = speaking(now.Mentions, r.terms)
	r.reshares = cascade(now.Mentions)
	return r, nil
}

// asked are the words of the query: that they stand in its posts says nothing.
func asked(q *query.Query) map[string]bool {
	words := map[string]bool{}
	if q == nil {
		return words
	}
	for _, phrase := range q.Phrases() {
		var d text.Doc
		d.Reset()
		d.Add(text.Text, phrase)
		for i := range d.Tokens {
			words[string(d.PlainOf(&d.Tokens[i]))] = true
		}
	}
	return words
}

// distinct are the words that more of the posts hold than of those before, by
// the logarithm of the odds in deviations (Monroe, Colaresi and Quinn 2008).
// Posts are compared with those of their own language, else the words of
// whichever language comes to the fore would be new. Words that stand in any
// post say nothing.
func distinct(now, before []monitor.Mention, without map[string]bool) []Term {
	here, there := hold(now), hold(before)
	var terms []Term
	for word, h := range here.words {
		if without[word] || h.posts < leastTerm || float64(h.posts) < leastPart*float64(len(now)) {
			continue
		}
		lang := h.mainly()
		if topic.Common(lang, h.shown) {
			continue
		}
		n, m := float64(here.posts[lang]), float64(there.posts[lang])
		a, b := float64(h.by[lang])+0.5, 0.5
		if old := there.words[word]; old != nil {
			b += float64(old.by[lang])
		}
		if b > commonPart*m+1 {
			continue
		}
		odds := math.Log(a/(n-a+1)) - math.Log(b/(m-b+1))
		if z := odds / math.Sqrt(1/a+1/b); z >= leastApart {
			terms = append(terms, Term{Text: h.shown, Posts: h.posts, Score: math.Round(10*z) / 10})
		}
	}
	slices.SortFunc(terms, func(x, y Term) int { return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Text, y.Text)) })
	return terms[:min(len(terms), shownTerms)]
}

// held is the words of posts.
type held struct {
	posts map[string]int // by language
	words map[string]*holders
}

// holders are the posts that hold a word.
type holders struct {
	shown string // as it is written
	posts int
	by    map[string]int // language
}

// mainly is the language that a word is used in most.
func (h *holders) mainly() (lang string) {
	most := -1
	for l, n := range h.by {
		if n > most || n == most && l < lang {
			lang, most = l, n
		}
	}
	return lang
}

func hold(posts []monitor.Mention) held {
	h := held{posts: map[string]int{}, words: map[string]*holders{}}
	var d text.Doc
	for i := range posts {
		query.AddPost(&d, &posts[i].Post)
		lang := posts[i].Post.Lang
		h.posts[lang]++
		seen := map[string]bool{}
		for t := range d.Tokens {
			token := &d.Tokens[t]
			word := string(d.PlainOf(token))
			if token.URL || token.Number || token.Class == text.Character || token.Class == text.Word && utf8.RuneCountInString(word) < 3 || seen[word] {
				continue
			}
			seen[word] = true
			w := h.words[word]
			if w == nil {
				w = &holders{shown: string(d.FoldedOf(token)), by: map[string]int{}}
				h.words[word] = w
			}
			w.posts++
			w.by[lang]++
		}
	}
	return h
}

// loudest are the authors with most followers.
func loudest(posts []monitor.Mention) []Voice {
	by := map[[2]string]*Voice{}
	var voices []*Voice
	for i := range posts {
		p := &posts[i].Post
		k := [2]string{p.Network, cmp.Or(p.Author.ID, p.Author.Handle)}
		if k[1] == "" {
			continue
		}
		v := by[k]
		if v == nil {
			v = &Voice{Network: p.Network, Handle: p.Author.Handle, Name: p.Author.Name}
			by[k] = v
			voices = append(voices, v)
		}
		v.Posts++
		v.Followers = max(v.Followers, p.Author.Followers.N)
	}
	slices.SortStableFunc(voices, func(x, y *Voice) int {
		return cmp.Or(cmp.Compare(y.Followers, x.Followers), cmp.Compare(y.Posts, x.Posts))
	})
	var list []Voice
	for _, v := range voices[:min(len(voices), shownVoices)] {
		list = append(list, *v)
	}
	return list
}

// speaking are the posts that say most: with the new words, and much answered.
func speaking(posts []monitor.Mention, terms []Term) []Sample {
	type rated struct {
		seq    hearth.Seq
		rating float64
	}
	var list []rated
	for i := range posts {
		p := &posts[i].Post
		if p.KindOf() == hearth.Repost {
			continue
		}
		r := math.Log1p(float64(p.Engagement.Total().N)) + math.Log1p(float64(p.Author.Followers.N))/4
		lower := strings.ToLower(p.Title + " " + p.Text)
		for _, t := range terms {
			if strings.Contains(lower, t.Text) {
				r += 1.5
			}
		}
		list = append(list, rated{posts[i].Seq, r})
	}
	slices.SortStableFunc(list, func(x, y rated) int { return cmp.Compare(y.rating, x.rating) })
	var samples []Sample
	for _, r := range list[:min(len(list), shownPosts)] {
		samples = append(samples, Sample{Seq: r.seq})
	}
	return samples
}

// cascade is the reposts of the post that was reposted most, beginning with
// itself where it is among the posts.
func cascade(posts []monitor.Mention) []forecast.Reshare {
	n := map[hearth.Key]int{}
	var most hearth.Key
	for i := range posts {
		if p := &posts[i].Post; p.RepostOf != "" {
			k := hearth.Key{Network: p.Network, ID: p.RepostOf}
			if n[k]++; n[k] > n[most] {
				most = k
			}
		}
	}
	if n[most] < forecast.SeismicReshares {
		return nil
	}
	var times []time.Time
	var followers []int64
	for i := len(posts) - 1; i >= 0; i-- { // the oldest first
		p := &posts[i].Post
		if p.Key() == most || p.Network == most.Network && p.RepostOf == most.ID {
			times, followers = append(times, p.Published), append(followers, p.Author.Followers.N)
		}
	}
	var list []forecast.Reshare
	for i, at := range times {
		list = append(list, forecast.Reshare{After: at.Sub(times[0]), Followers: followers[i]})
	}
	return list
}

// sentence says in words why an alert was raised.
func (e *Evidence) sentence(name string) string {
	var said []string
	if slices.Contains(e.Kinds, Volume) {
		stretch := "a quarter of an hour"
		if e.Minutes == 60 {
			stretch = "an hour"
		}
		said = append(said, fmt.Sprintf("%s posts in %s, %s the usual %s", grouped(e.Count), stretch, times(e.Ratio), few(e.Expected)))
	}
	if slices.Contains(e.Kinds, Negative) {
		said = append(said, fmt.Sprintf("%.0f of 100 negative, usually %.0f", 100*e.Part, 100*e.Usual))
	}
	if slices.Contains(e.Kinds, Drift) {
		said = append(said, "more and more for days")
	}
	sentence := clean(name) + ": " + strings.Join(said, "; ") + "."
	if len(e.Terms) > 0 {
		var words []string
		for _, t := range e.Terms {
			words = append(words, clean(t.Text))
		}
		sentence += " New words: " + strings.Join(words, ", ") + "."
	}
	if len(e.Authors) > 0 && e.Authors[0].Followers > 0 && e.Authors[0].Handle != "" {
		sentence += fmt.Sprintf(" Loudest: @%s with %s followers.", clean(e.Authors[0].Handle), grouped(e.Authors[0].Followers))
	}
	return sentence
}

// times writes a ratio.
func times(ratio float64) string {
	if ratio < 10 {
		return strings.TrimSuffix(strconv.FormatFloat(ratio, 'f', 1, 64), ".0") + " times"
	}
	return grouped(int64(math.Round(ratio))) + " times"
}

// few writes an expectation.
func few(n float64) string {
	if n < 10 {
		return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
	}
	return grouped(int64(math.Round(n)))
}

func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// clean makes a word of somebody else safe within our sentence: no signs that
// cannot be seen or turn the direction of writing, and not too long.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	const most = 80
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
