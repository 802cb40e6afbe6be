package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

// scene is the status page, worded.
type scene struct {
	Status   *client.Status
	Now      time.Time
	Sources  []sourceRow
	Monitors []monitorCard
	Letters  []client.DeadLetter
	More     int64 // monitors that are not shown
	Quiet    bool  // nothing is set up yet
}

type sourceRow struct {
	client.Source
	Mood string // good, busy, wait or bad
	Age  string
}

type monitorCard struct {
	client.Monitor
	Share    int // of the monitor with most mentions, in percent
	Mentions []mention
}

type mention struct {
	Author  string
	Handle  bool // Author is a handle, which reads from left to right
	Network string
	Lang    string
	Feeling string // positive, neutral, negative or ""
	Intents []string
	When    time.Time
	Words   []stretch
	Link    string // "" where the address is no web page
	Host    string
}

// stretch is a piece of a text, marked or not.
type stretch struct {
	Text   string
	Marked bool
}

func newScene(v *View, now time.Time) *scene {
	s := &scene{Status: &v.Status, Now: now, Letters: v.Letters}
	for _, src := range v.Status.Sources {
		row := sourceRow{Source: src, Mood: mood(src.State), Age: "–"}
		if src.DataAge != nil {
			row.Age = span(time.Duration(*src.DataAge * float64(time.Second)))
		}
		s.Sources = append(s.Sources, row)
	}
	most := int64(1)
	for _, m := range v.Status.Monitors {
		most = max(most, m.Mentions)
	}
	for _, m := range v.Status.Monitors[:min(shownMonitors, len(v.Status.Monitors))] {
		card := monitorCard{Monitor: m, Share: int(100 * m.Mentions / most)}
		for i := range v.Mentions[m.ID] {
			card.Mentions = append(card.Mentions, newMention(&v.Mentions[m.ID][i]))
		}
		s.Monitors = append(s.Monitors, card)
	}
	s.More = v.Status.MonitorsAll - int64(len(s.Monitors))
	s.Quiet = len(s.Sources) == 0 && len(s.Monitors) == 0
	return s
}

// shownMonitors is how many monitors the page shows.
const shownMonitors = 24

// mood sorts the states of a source by what the eye should know.
func mood(state string) string {
	switch state {
	case "listening":
		return "good"
	case "starting", "catching up":
		return "busy"
	case "retrying", "failed":
		return "bad"
	}
	return "wait"
}

// longestShown is how much of a post the page shows, in characters.
const longestShown = 280

func newMention(h *client.Hit) mention {
	p := &h.Post.Post
	m := mention{
		Network: p.Network, Lang: p.Lang, Feeling: string(p.Sentiment), When: cmp.Or(p.Published, h.Received),
		Author: cmp.Or(p.Author.Name, p.Author.Handle, p.Author.ID, "unknown"),
	}
	if p.Author.Handle != "" {
		m.Author, m.Handle = "@"+p.Author.Handle, true
	}
	for _, i := range p.Intent {
		m.Intents = append(m.Intents, string(i))
	}
	m.Words = marked(p, h.Highlights)
	if u, err := url.Parse(p.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		m.Link, m.Host = p.URL, u.Host
	}
	return m
}

// marked cuts a post's text where the query's words stand.
func marked(p *hearth.Post, hits []client.Highlight) (list []stretch) {
	text, part := p.Text, "text"
	if strings.TrimSpace(text) == "" {
		text, part = p.Title, "title"
	}
	room := longestShown
	add := func(piece string, hit bool) {
		shown := []rune(hearth.Visible(piece))
		if room <= 0 || len(shown) == 0 {
			return
		}
		if len(shown) > room {
			shown = append(shown[:room], '…')
		}
		room -= len(shown)
		list = append(list, stretch{string(shown), hit})
	}
	at := 0
	for _, h := range hits {
		if h.Part != part || h.From < at || h.To > len(text) || h.From >= h.To {
			continue
		}
		add(text[at:h.From], false)
		add(text[h.From:h.To], true)
		at = h.To
	}
	add(text[at:], false)
	return list
}

// words are the functions of the templates.
func words(clock hearth.Clock) template.FuncMap {
	return template.FuncMap{
		"number":  func(n int64) string { return grouped(n) },
		"rate":    rate,
		"size":    size,
		"ago":     func(t time.Time) string { return ago(t, clock()) },
		"exact":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"visible": hearth.Visible,
		"gist":    gist,
		"shorten": func(n int, s string) string { return shorten(hearth.Visible(s), n) },
	}
}

func rate(perSecond float64) string {
	switch {
	case perSecond == 0:
		return "0"
	case perSecond < 10:
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	}
	return grouped(int64(perSecond + 0.5))
}

func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:] // a narrow space that does not break
	}
	return s
}

func size(n int64) string {
	const units = "kMGTP"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1000, 0
	for v >= 999.95 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	if d := now.Sub(t); d >= 2*time.Second {
		return span(d) + " ago"
	}
	return "now"
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// gist keeps the beginning and the end of a long message: the end is where the
// cause stands.
func gist(s string) string {
	const head, tail = 80, 140
	r := []rune(hearth.Visible(s))
	if len(r) <= head+tail {
		return string(r)
	}
	return strings.TrimSpace(string(r[:head])) + " … " + strings.TrimSpace(string(r[len(r)-tail:]))
}
