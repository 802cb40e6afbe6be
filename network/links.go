package network

import (
	"slices"
	"strings"
)

const maxLinks = 100 // of a post

// AppendLinks adds the web addresses that stand in plain text or Markdown, each
// once, up to the hundred that a post may have.
func AppendLinks(links []string, text string) []string {
	for len(links) < maxLinks {
		at := strings.Index(text, "http")
		if at < 0 {
			break
		}
		text = text[at:]
		if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
			text = text[len("http"):]
			continue
		}
		end := strings.IndexAny(text, " \t\r\n<>\"'`|\\^{}[]")
		if end < 0 {
			end = len(text)
		}
		link := trimLink(text[:end])
		text = text[end:]
		if len(link) > len("https://") && len(link) <= 2048 && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

// trimLink takes away what ends the sentence or the bracket around a link.
func trimLink(s string) string {
	if at := strings.IndexByte(s, ')'); at >= 0 && !strings.Contains(s[:at], "(") {
		s = s[:at]
	}
	return strings.TrimRight(s, ".,;:!?*_")
}
