package network

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText is what a person reads of a piece of HTML: its text, with line
// breaks where lines and paragraphs end, and the addresses of its links, those
// of mentions and hashtags left out. Scripts and styles are no text. Any input
// is read as far as it makes sense.
func PlainText(markup string) (text string, links []string) {
	var b strings.Builder
	b.Grow(len(markup))
	z := html.NewTokenizer(strings.NewReader(markup))
	hidden := 0       // inside this many scripts and styles
	preformatted := 0 // inside this many pre
	for {
		switch z.Next() {
		case html.ErrorToken: // the end
			return strings.TrimSpace(b.String()), links
		case html.TextToken:
			if hidden == 0 {
				words(&b, z.Text(), preformatted > 0)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Script, atom.Style:
				if t.Type == html.StartTagToken {
					hidden++
				}
			case atom.Pre:
				preformatted++
				paragraph(&b)
			case atom.Br:
				b.WriteByte('\n')
			case atom.P, atom.Blockquote, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.Div:
				paragraph(&b)
			case atom.Li:
				line(&b)
			case atom.A:
				if link := linkOf(t.Attr); link != "" {
					links = append(links, link)
				}
			case atom.Img:
				b.WriteString(attribute(t.Attr, "alt"))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style:
				hidden = max(0, hidden-1)
			case atom.Pre:
				preformatted = max(0, preformatted-1)
				paragraph(&b)
			case atom.P, atom.Blockquote, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.Div:
				paragraph(&b)
			}
		}
	}
}

// words writes text; outside pre, white space counts as one space, and as
// nothing where a line begins.
func words(b *strings.Builder, text []byte, asIs bool) {
	if asIs {
		b.Write(text)
		return
	}
	for i, c := range text {
		if !space(c) {
			b.WriteByte(c)
			continue
		}
		if i+1 < len(text) && space(text[i+1]) {
			continue
		}
		if s := b.String(); s != "" && !space(s[len(s)-1]) {
			b.WriteByte(' ')
		}
	}
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// linkOf is the web address of a link, unless it is a mention or hashtag.
func linkOf(attributes []html.Attribute) string {
	for _, class := range strings.Fields(attribute(attributes, "class")) {
		if class == "mention" || class == "hashtag" {
			return ""
		}
	}
	href := attribute(attributes, "href")
	if strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://") {
		return href
	}
	return ""
}

func attribute(attributes []html.Attribute, name string) string {
	for _, a := range attributes {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// paragraph ends the text so far with one empty line.
func paragraph(b *strings.Builder) {
	line(b)
	if s := b.String(); s != "" && !strings.HasSuffix(s, "\n\n") {
		b.WriteByte('\n')
	}
}

// line ends the text so far with its line.
func line(b *strings.Builder) {
	if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") {
		b.WriteByte('\n')
	}
}
