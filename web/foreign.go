package web

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"hearth"
	"hearth/query"
	"hearth/text"
)

// This file is how posts become something to look at. Everything in a post is
// foreign: it is text and stays text, its direction is isolated by <bdi>, what
// is invisible is written out, links show the host they lead to.

// card is a post as pages show it.
type card struct {
	Seq        int64
	Link       string // of its own page
	Author     string
	Handle     string // with @; "" where Author is all there is
	Initials   string
	AuthorLink string
	Network    string
	When       moment
	Title      []stretch
	Words      []stretch
	Media      []medium
	Links      []outside
	Original   *outside
	Feeling    string // positive, neutral, negative or ""
	Intents    []string
	Lang       string
	Tags       []string
	Numbers    []reaction
	Corrected  string // what was corrected, in words; "": nothing
	Copies     *copiesNote
	Quick      *quick // nil: it is not corrected here
}

// stretch is a piece of a text: as it is, marked by the query, or written out
// because it was made to mislead.
type stretch struct {
	Text          string
	Marked, Trick bool
}

type medium struct{ Icon, Kind, Alt string }

// outside is a link that leaves the house.
type outside struct{ Href, Host string }

type reaction struct {
	Icon, Label string
	N           int64
}

// Longest shown of a post in a list, in characters.
const (
	listed     = 560
	unabridged = 200_000
)

// newCard makes a post ready to be shown; room is how much of its text.
func (v *visit) newCard(seq hearth.Seq, p *hearth.Post, hits []query.Range, room int) card {
	c := card{
		Seq: int64(seq), Link: postLink(p.Key()), Network: p.Network, When: v.when(p.Published),
		Author: shorten(60, cmp.Or(p.Author.Name, p.Author.Handle, short(p.Author.ID), v.say("post.unknown"))),
		Lang:   shorten(12, p.Lang), Feeling: string(p.Sentiment),
		Title: stretches(p.Title, hits, text.Title, 300), Words: stretches(p.Text, hits, text.Text, room),
		AuthorLink: "/mentions?" + url.Values{"author": {p.Author.ID}, "network": {p.Network}, "period": {"all"}}.Encode(),
	}
	if p.Author.Handle != "" && p.Author.Handle != p.Author.Name {
		c.Handle = "@" + shorten(60, p.Author.Handle)
	}
	if p.Published.IsZero() {
		c.When.Ago = v.say("post.undated")
	}
	c.Initials = initials(c.Author)
	for _, i := range p.Intent {
		c.Intents = append(c.Intents, string(i))
	}
	for i := range p.Corrections {
		c.Corrected += map[bool]string{true: ", "}[i > 0] + v.say("correct.field."+p.Corrections[i].Field)
	}
	for _, tag := range p.Tags {
		c.Tags = append(c.Tags, shorten(40, tag))
	}
	for _, m := range p.Media[:min(4, len(p.Media))] {
		c.Media = append(c.Media, medium{mediaIcon(m.Type), m.Type, shorten(160, m.Alt)})
	}
	for _, link := range p.Links[:min(4, len(p.Links))] {
		if o := leadsOut(link); o != nil {
			c.Links = append(c.Links, *o)
		}
	}
	c.Original = leadsOut(p.URL)
	for _, r := range [...]struct {
		icon, key string
		n         hearth.Count
	}{
		{"heart", "post.likes", p.Engagement.Likes}, {"message-circle", "post.replies", p.Engagement.Replies},
		{"repeat-2", "post.reposts", p.Engagement.Reposts}, {"eye", "post.views", p.Engagement.Views},
	} {
		if r.n.Known && r.n.N > 0 {
			c.Numbers = append(c.Numbers, reaction{r.icon, v.say(r.key), r.n.N})
		}
	}
	return c
}

// short is an id that no person reads: its beginning and its end.
func short(id string) string {
	const most, head, tail = 20, 10, 6
	r := []rune(hearth.Visible(id))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:head]) + "…" + string(r[len(r)-tail:])
}

func postLink(k hearth.Key) string {
	return "/post?" + url.Values{"network": {k.Network}, "id": {k.ID}}.Encode()
}

func mediaIcon(kind string) string {
	switch kind {
	case "video":
		return "video"
	case "audio":
		return "volume-2"
	}
	return "image"
}

// leadsOut is a link with the host it leads to, in ASCII; nil where it is no
// address of the web.
func leadsOut(address string) *outside {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil
	}
	host, err := idna.ToASCII(u.Hostname())
	if err != nil {
		return nil
	}
	return &outside{address, shorten(48, strings.TrimPrefix(host, "www."))}
}

// stretches cuts a text where the query's words stand and where something
// invisible was hidden, and ends it after room characters.
func stretches(source string, hits []query.Range, field text.Field, room int) (list []stretch) {
	add := func(piece string, marked bool) {
		for piece != "" && room > 0 {
			plain := strings.IndexFunc(piece, misleads)
			if plain != 0 {
				if plain < 0 {
					plain = len(piece)
				}
				shown := []rune(visibleLines(piece[:plain]))
				if len(shown) > room {
					shown = append(shown[:room], '…')
				}
				room -= len(shown)
				list = append(list, stretch{Text: string(shown), Marked: marked})
				piece = piece[plain:]
				continue
			}
			end := strings.IndexFunc(piece, func(r rune) bool { return !misleads(r) })
			if end < 0 {
				end = len(piece)
			}
			list = append(list, stretch{Text: shorten(24, piece[:end]), Trick: true})
			room -= 8
			piece = piece[end:]
		}
	}
	at := 0
	for _, h := range hits {
		if h.Field != field || h.Start < at || h.End > len(source) || h.Start >= h.End {
			continue
		}
		add(source[at:h.Start], false)
		add(source[h.Start:h.End], true)
		at = h.End
	}
	add(source[at:], false)
	return list
}

// visibleLines is hearth.Visible line by line, with one empty line at most
// between two that are not.
func visibleLines(s string) string {
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for i, line := range lines {
		line = hearth.Visible(line)
		if n := len(kept); i > 0 && i < len(lines)-1 && n > 1 && strings.TrimSpace(line) == "" && strings.TrimSpace(kept[n-1]) == "" {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n")
}

// misleads says that hearth.Visible writes a character out.
func misleads(r rune) bool {
	return r != '\n' && r != '\t' && r != '\r' && (r < ' ' || r >= 0x7f) && strings.HasPrefix(hearth.Visible(string(r)), `\`)
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
