// Package feature turns the text.Doc of a post into what the analyzers' linear
// models read: the author's own words, hashed n-grams of them, and tables of
// small whole numbers that the n-grams are looked up in.
//
// It holds no model and knows no task. All of it is bounded by MaxWords, so a
// text of any length costs no more than a long post.
package feature

import (
	"hearth/text"
)

// MaxWords bounds how much of a post the analyzers read. What an author wants
// and feels is said by then.
const MaxWords = 1024

// Word is a token of the author's own text.
type Word struct {
	Token  int32 // of Doc.Tokens
	Stream int32 // of Doc.Streams
	Tagged bool  // stands in a hashtag
	Fresh  bool  // first word of its stream
}

// Words collects the words of posts. The zero value is ready; it is reused
// from post to post without allocating, and not by two goroutines at once.
type Words struct {
	List []Word
}

// Read lists the words of d's title and text in order. Tokens of addresses
// (https://a.example/b, www.a.example, a.example/b, ann@a.example), of mentions
// and of cashtags are left out; so is an address's path only as far as it is
// ASCII, because Chinese and Japanese go on behind one without a space.
func (w *Words) Read(d *text.Doc) { w.ReadFirst(d, MaxWords) }

// ReadFirst is Read of the first words only, at most as many as most says.
func (w *Words) ReadFirst(d *text.Doc, most int) {
	w.List = w.List[:0]
	for s := range d.Streams {
		stream := &d.Streams[s]
		if stream.Field == text.Alt {
			continue
		}
		w.readStream(d, stream, int32(s), most)
		if len(w.List) >= most {
			return
		}
	}
}

func (w *Words) readStream(d *text.Doc, stream *text.Stream, s int32, most int) {
	source := stream.Source
	tag := stream.FirstTag
	skipTo := uint32(0) // tokens that begin before this byte belong to an address
	fresh := true
	for i := stream.FirstToken; i < stream.EndToken && len(w.List) < most; i++ {
		token := &d.Tokens[i]
		if token.Start < skipTo {
			continue
		}
		if token.URL && (token.Script == text.Latin || token.Number) {
			continue
		}
		if end := addressEnd(source, token); end > 0 {
			skipTo = end
			continue
		}
		for tag < stream.EndTag && d.Tags[tag].EndToken <= i {
			tag++
		}
		tagged := false
		if tag < stream.EndTag && d.Tags[tag].FirstToken <= i {
			if d.Tags[tag].Kind != text.Hashtag {
				continue
			}
			tagged = true
		}
		w.List = append(w.List, Word{Token: int32(i), Stream: s, Tagged: tagged, Fresh: fresh})
		fresh = false
	}
}

// addressEnd is the end of the web address without scheme or the mail address
// that begins with the token, or 0. Addresses are ASCII here: the first byte
// beyond it ends one, as does white space.
func addressEnd(source string, token *text.Token) uint32 {
	if token.Class != text.Word {
		return 0
	}
	end := int(token.End)
	if end >= len(source) || !addressSign(source[end]) {
		return 0
	}
	if token.Start > 0 && (source[token.Start-1] == '@' || source[token.Start-1] == '#') {
		return 0
	}
	rest := source[end:]
	first := source[token.Start:token.End]
	www := rest[0] == '.' && len(first) == 3 && (first[0]|0x20 == 'w') && (first[1]|0x20 == 'w') && (first[2]|0x20 == 'w')
	stop := end
	for stop < len(source) && stop-end < maxAddress && addressByte(source[stop]) {
		stop++
	}
	if www {
		return uint32(stop)
	}
	return bareAddress(source[token.Start:stop], uint32(stop))
}

const maxAddress = 2048

func addressSign(c byte) bool { return c == '.' || c == '@' || c == '-' || c == '_' || c == '+' }

func addressByte(c byte) bool {
	return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '(' && c != ')' && c != '|'
}

// bareAddress says whether s, a run without white space, is an address without
// a scheme: a mail address or a host of a common ending with or without a path.
func bareAddress(s string, end uint32) uint32 {
	at, dot := -1, -1
	host := len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '@':
			if at < 0 {
				at = i
			}
		case '.':
			dot = i
		case '/', '?', '#', ':', ',', ';', '!':
			host = i
		}
		if host < len(s) {
			break
		}
	}
	for dot >= 0 && dot == host-1 { // a full stop behind it
		host--
		dot = lastDot(s[:host])
	}
	if dot <= 0 || dot >= host {
		return 0
	}
	if at > 0 && at < dot {
		return end
	}
	if at < 0 && commonEnding(s[dot+1:host]) {
		return end
	}
	return 0
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

// commonEnding lists the endings that are hardly ever a word after a full stop
// without a space.
func commonEnding(s string) bool {
	switch s {
	case "com", "net", "org", "edu", "gov", "info", "biz", "ly", "gl", "app", "dev", "example",
		"co", "io", "tv", "uk", "eu", "de", "ch", "fi", "se", "fr", "nl", "pl", "ru", "cn", "jp", "kr", "th", "br", "social":
		return true
	}
	return false
}
