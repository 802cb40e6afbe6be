package feed

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// find is the feed that a page names first, feeds of comments last; nil if it
// names none.
func find(page []byte, contentType string, at *url.URL) *url.URL {
	text, err := charset.NewReader(bytes.NewReader(page), contentType)
	if err != nil {
		return nil
	}
	base := at
	var comments *url.URL
	z := html.NewTokenizer(text)
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return comments
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		t := z.Token()
		switch t.DataAtom {
		case atom.Base:
			if u, err := at.Parse(htmlAttribute(t.Attr, "href")); err == nil {
				base = u
			}
		case atom.Link:
			u := alternate(t.Attr, base)
			if u == nil {
				continue
			}
			title := strings.ToLower(htmlAttribute(t.Attr, "title") + " " + u.Path)
			if !strings.Contains(title, "comment") {
				return u
			}
			if comments == nil {
				comments = u
			}
		}
	}
}

// alternate is the feed that a link element names.
func alternate(attributes []html.Attribute, base *url.URL) *url.URL {
	if !contains(strings.Fields(strings.ToLower(htmlAttribute(attributes, "rel"))), "alternate") {
		return nil
	}
	kind, _, _ := strings.Cut(strings.ToLower(htmlAttribute(attributes, "type")), ";")
	switch strings.TrimSpace(kind) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml":
	default:
		return nil
	}
	u, err := base.Parse(strings.TrimSpace(htmlAttribute(attributes, "href")))
	if err != nil {
		return nil
	}
	if u, err = parseAddress(u.String()); err != nil {
		return nil
	}
	return u
}

func htmlAttribute(attributes []html.Attribute, name string) string {
	for _, a := range attributes {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
