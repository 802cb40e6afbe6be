package mail

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// own is the part of a text that its sender wrote: without the signature, and
// without the block quoted at the end with the line that introduces it. Quotes
// with answers between them stay, for the answers would make no sense. Where
// nothing is left, it is all of it.
func own(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for i, line := range lines {
		if line == "-- " || line == "--" && i > 0 || original.MatchString(line) {
			end = i
			break
		}
	}
	end = withoutTail(lines[:end])
	if kept := strings.Join(lines[:end], "\n"); strings.TrimSpace(kept) != "" {
		return kept
	}
	return text
}

// original is how the quoted message begins in mail of Outlook and its kind.
var original = regexp.MustCompile(`^\s*(-{2,} ?(Original Message|Ursprüngliche Nachricht|Alkuperäinen viesti|Forwarded message|Message d'origine|原始邮件) ?-{2,}|_{20,})\s*$`)

// introduces is the line above a quote: On … wrote:, in the languages of many.
var introduces = regexp.MustCompile(`(?i)(wrote|schrieb|kirjoitti|a écrit|escribió|ha scritto|escreveu|skrev|写道|написал[аи]?)\s*:?\s*$|^\s*(am|on|le|el|il|den|em)\s.{4,200}:\s*$`)

// withoutTail is where a block of quoted lines at the end begins.
func withoutTail(lines []string) int {
	end := len(lines)
	quoted := false
	for end > 0 {
		line := strings.TrimSpace(lines[end-1])
		if line != "" && !strings.HasPrefix(line, ">") {
			break
		}
		quoted = quoted || line != ""
		end--
	}
	if !quoted {
		return len(lines)
	}
	// The introduction may be broken into two lines.
	for n := 1; n <= 3 && n <= end; n++ {
		if introduces.MatchString(strings.Join(lines[end-n:end], " ")) {
			return end - n
		}
	}
	return end
}

// unflow joins the lines of format=flowed (RFC 3676): one that ends in a space
// goes on in the next.
func unflow(text string, delsp bool) string {
	var b strings.Builder
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		quoted := strings.HasPrefix(line, ">")
		if !quoted {
			line = strings.TrimPrefix(line, " ") // stuffing
		}
		soft := strings.HasSuffix(line, " ") && line != "-- " && i+1 < len(lines) && strings.HasPrefix(lines[i+1], ">") == quoted
		if soft && delsp {
			line = line[:len(line)-1]
		}
		b.WriteString(line)
		if !soft && i+1 < len(lines) {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// withoutQuotes is HTML without what mail programs mark as quoted or as the
// signature.
func withoutQuotes(markup string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(markup))
	inside := 0 // elements within a quote
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		raw := string(z.Raw())
		if kind == html.TextToken {
			if inside == 0 {
				b.WriteString(raw)
			}
			continue
		}
		t := z.Token()
		switch {
		case kind == html.StartTagToken && inside == 0 && attributeOf(t, "id") == "divRplyFwdMsg":
			return b.String() // the rest is the message that is answered
		case kind == html.StartTagToken && (inside > 0 || isQuote(t)):
			if !void[t.Data] {
				inside++
			}
		case kind == html.EndTagToken && inside > 0:
			if !void[t.Data] {
				inside--
			}
		case inside == 0:
			b.WriteString(raw)
		}
	}
}

func isQuote(t html.Token) bool {
	for _, class := range strings.Fields(attributeOf(t, "class")) {
		switch class {
		case "gmail_quote", "gmail_signature", "yahoo_quoted", "moz-cite-prefix", "moz-signature", "protonmail_quote":
			return true
		}
	}
	return t.Data == "blockquote" && attributeOf(t, "type") == "cite"
}

func attributeOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// void are the elements without an end.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "source": true, "track": true, "wbr": true,
}

// linksIn are the web addresses in a text.
func linksIn(text string) (links []string) {
	for _, word := range strings.Fields(text) {
		at := strings.Index(word, "https://")
		if at < 0 {
			if at = strings.Index(word, "http://"); at < 0 {
				continue
			}
		}
		link := strings.TrimRight(word[at:], ".,;:!?)>]}\"'")
		if len(link) > len("https://") && len(link) <= 2000 && len(links) < maxLinks {
			links = append(links, link)
		}
	}
	return links
}
