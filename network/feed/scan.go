package feed

import (
	"html"
	"strings"

	"hearth"
)

const (
	maxDepth   = 64
	maxTag     = 64 << 10 // bytes of a tag with its attributes
	maxEntries = 1_000
)

// outline is where the parts of an XML feed stand. It is found without
// understanding the document, which may be ill-formed.
type outline struct {
	root    string   // local name of the root element, lower case
	head    string   // from the root on, up to the first entry
	open    string   // the tags that are open where the first entry stands
	close   string   // and those that close them
	entries []string // each with its own tags
	deleted []string // what at:deleted-entry refers to
	torn    bool     // the document ends within the last entry
	more    bool     // there are more entries than the limit
}

// scanner walks through the tags of a document.
type scanner struct {
	s     string
	stack []element
	out   outline
	begin int // of the root; -1 before it
	entry int // where the entry at hand begins; -1 outside
	level int // depth of the entry at hand
	found bool
}

type element struct{ name, tag string } // name as written

// scan finds the parts. The error is a sentence: the document has a DTD, is too
// deep or has tags that are too large.
func scan(s string) (outline, error) {
	c := scanner{s: s, begin: -1, entry: -1}
	for i := 0; i < len(s); {
		at := strings.IndexByte(s[i:], '<')
		if at < 0 {
			break
		}
		next, err := c.tag(i + at)
		if err != nil {
			return outline{}, err
		}
		if c.out.more {
			break
		}
		i = next
	}
	if c.entry >= 0 {
		c.out.entries = append(c.out.entries, s[c.entry:])
		c.out.torn = true
	}
	if !c.found && c.begin >= 0 {
		c.out.head = s[c.begin:]
		if cut := strings.LastIndexByte(c.out.head, '<'); cut > 0 && !strings.Contains(c.out.head[cut:], ">") { // within a tag
			c.out.head = c.out.head[:cut]
		}
		c.out.open, c.out.close = c.around()
	}
	return c.out, nil
}

// tag reads the tag at i and says where to go on.
func (c *scanner) tag(i int) (next int, err error) {
	rest := c.s[i:]
	for _, passed := range [...][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if strings.HasPrefix(rest, passed[0]) {
			end := strings.Index(rest, passed[1])
			if end < 0 {
				return len(c.s), nil
			}
			return i + end + len(passed[1]), nil
		}
	}
	if strings.HasPrefix(rest, "<!") {
		return c.declaration(i)
	}
	closing := strings.HasPrefix(rest, "</")
	from := i + 1
	if closing {
		from++
	}
	if from >= len(c.s) || !nameStart(c.s[from]) {
		return i + 1, nil // a < that means itself
	}
	end, err := c.end(from)
	if err != nil || end < 0 {
		return len(c.s), err
	}
	tag := c.s[i : end+1]
	name := nameOf(c.s[from:end])
	if closing {
		c.closes(name, i, end+1)
		return end + 1, nil
	}
	return end + 1, c.opens(name, tag, i, end+1)
}

// declaration passes over a DOCTYPE that only names its type.
func (c *scanner) declaration(i int) (next int, err error) {
	end := strings.IndexAny(c.s[i:], "[>")
	if end < 0 {
		return len(c.s), nil
	}
	if c.s[i+end] == '[' || strings.HasPrefix(c.s[i:], "<!ENTITY") {
		return 0, hearth.Errorf(hearth.Unavailable, "The feed brings a DTD of its own, which Hearth does not read.")
	}
	return i + end + 1, nil
}

// end is where the tag ends whose name begins at from; -1 if it does not.
func (c *scanner) end(from int) (int, error) {
	quote, valued := byte(0), false // valued: an equals sign came last
	for i := from; i < len(c.s); i++ {
		if i-from > maxTag {
			return 0, hearth.Errorf(hearth.Unavailable, "The feed has a tag of more than %d bytes, as no honest feed does.", maxTag)
		}
		switch b := c.s[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case (b == '"' || b == '\'') && valued:
			quote, valued = b, false
		case b == '=':
			valued = true
		case b == ' ', b == '\t', b == '\r', b == '\n':
		case b == '>':
			return i, nil
		default:
			valued = false
		}
	}
	return -1, nil
}

func (c *scanner) opens(name, tag string, from, to int) error {
	local := localName(name)
	if c.begin < 0 {
		c.begin, c.out.root = from, local
	}
	if local == "deleted-entry" && c.entry < 0 && len(c.out.deleted) < maxEntries {
		if ref := attribute(tag, "ref"); ref != "" {
			c.out.deleted = append(c.out.deleted, ref)
		}
	}
	if c.entry >= 0 && local == "item" && c.stack[c.level].name == name { // the end of the one before is missing
		c.stack = c.stack[:c.level]
		c.leave(from)
	}
	if c.entry < 0 && c.holdsEntry(local) {
		if len(c.out.entries) == maxEntries {
			c.out.more = true
			return nil
		}
		if !c.found {
			c.found = true
			c.out.head = c.s[c.begin:from]
			c.out.open, c.out.close = c.around()
		}
		c.entry, c.level = from, len(c.stack)
	}
	if strings.HasSuffix(tag, "/>") {
		c.leave(to)
		return nil
	}
	if len(c.stack) == maxDepth {
		return hearth.Errorf(hearth.Unavailable, "The feed is nested more than %d deep, as no honest feed is.", maxDepth)
	}
	c.stack = append(c.stack, element{name: name, tag: tag})
	return nil
}

// around is the tags of the elements that are open, and those that close them.
func (c *scanner) around() (open, closing string) {
	for i, e := range c.stack {
		open += e.tag
		closing += "</" + c.stack[len(c.stack)-1-i].name + ">"
	}
	return open, closing
}

// holdsEntry says whether an element of this name is an entry where we stand.
func (c *scanner) holdsEntry(local string) bool {
	if len(c.stack) == 0 || local != "item" && local != "entry" {
		return false
	}
	switch parent := localName(c.stack[len(c.stack)-1].name); parent {
	case "feed":
		return local == "entry"
	case "channel", "rss", "rdf":
		return local == "item"
	case "items":
		return local == "item" && len(c.stack) <= 3
	}
	return false
}

// closes ends the innermost element of the name and all within it.
func (c *scanner) closes(name string, from, to int) {
	for i := len(c.stack) - 1; i >= 0; i-- {
		if c.stack[i].name != name {
			continue
		}
		if c.entry >= 0 && i < c.level { // the entry's own end is missing
			c.stack = c.stack[:c.level]
			c.leave(from)
		}
		c.stack = c.stack[:i]
		c.leave(to)
		return
	}
}

// leave notes an entry that has come to its end.
func (c *scanner) leave(to int) {
	if c.entry >= 0 && len(c.stack) == c.level {
		c.out.entries = append(c.out.entries, c.s[c.entry:to])
		c.entry = -1
	}
}

func nameStart(b byte) bool {
	return 'a' <= b|0x20 && b|0x20 <= 'z' || b == '_' || b >= 0x80
}

func nameOf(s string) string {
	if i := strings.IndexAny(s, " \t\r\n/>"); i >= 0 {
		return s[:i]
	}
	return s
}

// localName is a name without its prefix, in lower case.
func localName(name string) string {
	return strings.ToLower(name[strings.LastIndexByte(name, ':')+1:])
}

// attribute is the value of an attribute in the text of a tag.
func attribute(tag, name string) string {
	for rest := tag; ; {
		i := strings.Index(rest, name)
		if i < 0 {
			return ""
		}
		before := i > 0 && strings.IndexByte(" \t\r\n", rest[i-1]) >= 0
		rest = rest[i+len(name):]
		value := strings.TrimLeft(rest, " \t\r\n")
		if !before || value == "" || value[0] != '=' {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\r\n")
		if value == "" || value[0] != '"' && value[0] != '\'' {
			continue
		}
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return html.UnescapeString(value[1 : 1+end])
		}
		return ""
	}
}

// textOf is the text of the first element of this name, as written.
func textOf(s, name string) string {
	_, rest, ok := strings.Cut(s, "<"+name+">")
	if !ok {
		return ""
	}
	text, _, ok := strings.Cut(rest, "</"+name+">")
	if !ok {
		return ""
	}
	return strings.TrimSpace(text)
}
