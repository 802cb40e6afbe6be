package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hearth"
	"hearth/client"
)

func asQueryError(err error, to **client.QueryError) bool { return errors.As(err, to) }

// postLines shows a post in two or three lines: when, who and what it is; the
// words, with the hits in colour; where it stands.
func (s *session) postLines(p *hearth.Post, hits []Range, dated bool) string {
	var b strings.Builder
	layout := "15:04:05"
	if dated {
		layout = "2006-01-02 15:04:05"
	}
	when := "undated "
	if !p.Published.IsZero() {
		when = p.Published.UTC().Format(layout)
	}
	b.WriteString(s.style.faint(when))
	b.WriteString("  ")
	b.WriteString(s.style.author(authorName(p)))
	for _, mark := range s.marks(p) {
		b.WriteString("  ")
		b.WriteString(mark)
	}
	b.WriteByte('\n')
	s.writeText(&b, p.Title, nil)
	s.writeText(&b, p.Text, hits)
	if p.URL != "" {
		fmt.Fprintf(&b, "  %s\n", s.style.faint(safe(p.URL)))
	}
	return b.String()
}

// marks are the short facts behind the name.
func (s *session) marks(p *hearth.Post) (marks []string) {
	marks = append(marks, s.style.faint(safe(p.Network)))
	if k := p.KindOf(); k != hearth.Original {
		marks = append(marks, s.style.faint(string(k)))
	}
	if p.Lang != "" {
		marks = append(marks, s.style.faint(safe(p.Lang)))
	}
	switch p.Sentiment {
	case hearth.Positive:
		marks = append(marks, s.style.good("▲ positive"))
	case hearth.Negative:
		marks = append(marks, s.style.bad("▼ negative"))
	case hearth.Neutral:
		marks = append(marks, s.style.faint("■ neutral"))
	}
	for _, intent := range p.Intent {
		marks = append(marks, s.style.warn(string(intent)))
	}
	if p.Spam == hearth.True {
		marks = append(marks, s.style.bad("spam"))
	}
	return marks
}

func authorName(p *hearth.Post) string {
	name := p.Author.Handle
	if name != "" {
		name = "@" + name
	} else if name = p.Author.Name; name == "" {
		name = p.Author.ID
	}
	if name == "" {
		return "(unknown)"
	}
	return cut(safe(name), 40)
}

// writeText writes text indented, hits in colour, wrapped at words by the
// terminal's width.
func (s *session) writeText(b *strings.Builder, text string, hits []Range) {
	if strings.TrimSpace(text) == "" {
		return
	}
	text = clip(text, false)
	const indent = "  "
	room := s.out.width - len(indent)
	column := 0
	b.WriteString(indent)
	for _, word := range words(text, hits) {
		shown := word.show(s.style)
		wide := cells(word.plain())
		if column > 0 {
			if s.out.width > 0 && column+1+wide > room {
				b.WriteString("\n" + indent)
				column = 0
			} else {
				b.WriteByte(' ')
				column++
			}
		}
		b.WriteString(shown)
		column += wide
	}
	b.WriteByte('\n')
}

// word is a stretch without white space, in pieces that are hits or not.
type word []piece

type piece struct {
	text string
	hit  bool
}

func (w word) plain() string {
	var b strings.Builder
	for _, p := range w {
		b.WriteString(p.text)
	}
	return b.String()
}

func (w word) show(st style) string {
	var b strings.Builder
	for _, p := range w {
		if p.hit {
			b.WriteString(st.hit(p.text))
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// words cuts text at white space, made safe, with the hits marked.
func words(text string, hits []Range) (list []word) {
	hits = slices.Clone(hits)
	slices.SortFunc(hits, func(a, b Range) int { return a.From - b.From })
	var current word
	add := func(part string, hit bool) {
		for i, f := range strings.Split(safe(part), " ") {
			if i > 0 && len(current) > 0 {
				list, current = append(list, current), nil
			}
			if f != "" {
				current = append(current, piece{f, hit})
			}
		}
	}
	at := 0
	for _, h := range hits {
		from, to := max(h.From, at), min(h.To, len(text))
		if from >= to {
			continue
		}
		add(text[at:from], false)
		add(text[from:to], true)
		at = to
	}
	add(text[at:], false)
	if len(current) > 0 {
		list = append(list, current)
	}
	return list
}
