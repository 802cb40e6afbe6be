package query

import (
	"sort"
	"strings"

	"hearth"
	"hearth/text"
)

// occurrence is a stretch of Doc.Tokens.
type occurrence struct{ first, end int }

// in is where a term occurs in a stream, by rising first and end.
func (t Term) in(d *text.Doc, s *text.Stream) []occurrence {
	var found []occurrence
	for i := s.FirstToken; i < s.EndToken; i++ {
		if end, ok := t.at(d, s, i); ok {
			found = append(found, occurrence{i, end})
		}
	}
	return found
}

// occurs says whether a term occurs in a stream.
func (t Term) occurs(d *text.Doc, s *text.Stream) bool {
	for i := s.FirstToken; i < s.EndToken; i++ {
		if _, ok := t.at(d, s, i); ok {
			return true
		}
	}
	return false
}

// at says whether the term occurs at a token, and where it ends.
func (t Term) at(d *text.Doc, s *text.Stream, i int) (end int, ok bool) {
	for k := range t.Elements {
		if i, ok = t.Elements[k].at(d, s, i); !ok {
			return 0, false
		}
	}
	return i, true
}

// at says whether an element is met at token i, and which token comes next.
func (e *Element) at(d *text.Doc, s *text.Stream, i int) (next int, ok bool) {
	if i >= s.EndToken {
		return 0, false
	}
	if e.Kind == Tag {
		t := tagAt(d, s, i)
		if t == nil || t.Kind != e.Tag {
			return 0, false
		}
		return t.EndToken, e.spelt(e.name(d, t))
	}
	t := &d.Tokens[i]
	switch {
	case t.Class != e.Class,
		e.Touches && !t.Touches,
		e.RunStart && t.Touches && d.Tokens[i-1].Katakana,
		e.RunEnd && i+1 < s.EndToken && d.Tokens[i+1].Touches && d.Tokens[i+1].Katakana:
		return 0, false
	case e.Kind == AnyCharacter:
		return i + 1, true
	}
	return i + 1, e.spelt(e.spelling(d, t))
}

// tagAt is the tag that covers token i and begins with it, or nil.
func tagAt(d *text.Doc, s *text.Stream, i int) *text.Tag {
	tags := d.Tags[s.FirstTag:s.EndTag]
	k := sort.Search(len(tags), func(k int) bool { return tags[k].FirstToken >= i })
	if k == len(tags) || tags[k].FirstToken != i {
		return nil
	}
	return &tags[k]
}

func (e *Element) spelling(d *text.Doc, t *text.Token) []byte {
	switch e.By {
	case Exact:
		return d.Exact(t)
	case Folded:
		return d.FoldedOf(t)
	}
	return d.PlainOf(t)
}

func (e *Element) name(d *text.Doc, t *text.Tag) []byte {
	switch e.By {
	case Exact:
		return d.ExactName(t)
	case Folded:
		return d.FoldedName(t)
	}
	return d.PlainName(t)
}

// spelt says that a spelling of the text is the one asked for.
func (e *Element) spelt(s []byte) bool {
	switch {
	case e.Pattern != nil && e.Prefix:
		return e.Pattern.MatchPrefix(string(s))
	case e.Pattern != nil:
		return e.Pattern.Match(string(s))
	case e.Prefix:
		return len(s) >= len(e.Text) && string(s[:len(e.Text)]) == e.Text
	}
	return string(s) == e.Text
}

// listed says that a whole-term tag stands in the post's own list.
func (m matcher) listed(t Term) bool {
	if !t.Listed {
		return false
	}
	e := &t.Elements[0]
	list := m.post.Hashtags
	if e.Tag == text.Mention {
		list = m.post.Mentions
	}
	for _, entry := range list {
		if e.InList(entry) {
			return true
		}
	}
	return false
}

// InList says that an entry of Post.Hashtags or Post.Mentions is the tag that a
// Listed term asks for.
func (e *Element) InList(entry string) bool {
	name := FieldHashtag
	if e.Tag == text.Mention {
		name = FieldMention
	}
	if e.By == Exact {
		return exactKey(name, entry) == e.Text
	}
	return StringValue{By: e.By, Text: e.Text, Pattern: e.Pattern}.Holds(Key(name, entry))
}

// exactKey is Key without folding.
func exactKey(name FieldName, s string) string {
	s = strings.Map(func(r rune) rune {
		if text.Ignorable(r) {
			return -1
		}
		return r
	}, text.NFKC(s))
	sign := rune(lookup(string(name)).sign)
	s = strings.TrimLeftFunc(text.NFKC(s), func(r rune) bool { return r == sign || text.IsSpace(r) })
	return strings.TrimRightFunc(s, text.IsSpace)
}

// field says whether one of the post's values equals one of the field's.
func (m matcher) field(f Field) bool {
	for _, v := range f.Values {
		if m.value(f.Name, v) {
			return true
		}
	}
	return false
}

func (m matcher) value(name FieldName, v Value) bool {
	p := m.post
	switch v := v.(type) {
	case RowsValue:
		return v.Rows.Has(m.row)
	case StringValue:
		for _, s := range stringsOf(p, name) {
			if v.Holds(Key(name, s)) {
				return true
			}
		}
		return m.tagged(name, v)
	case IDValue:
		return string(v) == idOf(p, name)
	case AddressValue:
		addresses := p.Links
		if name == FieldURL {
			addresses = []string{p.URL}
		}
		for _, a := range addresses {
			if compared, _ := Address(a); v.Holds(compared) {
				return true
			}
		}
	case HostValue:
		_, host := Address(p.URL)
		return v.Holds(name, host)
	case CountValue:
		n := countOf(p, name)
		return n.Known && v.Holds(n.N)
	case DecimalValue:
		n := numberOf(p, name)
		return n.Known && v.Holds(n.V)
	case DateValue:
		return !p.Published.IsZero() && v.Holds(p.Published)
	case BoolValue:
		b := p.Author.Verified
		if name == FieldSpam {
			b = p.Spam
		}
		return b == hearth.BoolOf(bool(v))
	case LanguageValue:
		return v.Holds(p.Lang)
	case WordValue:
		if name == FieldHas {
			return m.has(string(v))
		}
		for _, w := range wordsOf(p, name) {
			if v.Holds(w) {
				return true
			}
		}
	}
	return false
}

// tagged says that a tag of title or text has the name that hashtag: or
// mention: asks for.
func (m matcher) tagged(name FieldName, v StringValue) bool {
	kind := text.Hashtag
	switch name {
	case FieldHashtag:
	case FieldMention:
		kind = text.Mention
	default:
		return false
	}
	for _, t := range m.tags(kind) {
		if v.HoldsName(string(m.doc.FoldedName(&t)), string(m.doc.PlainName(&t))) {
			return true
		}
	}
	return false
}

// tags are those of one kind in title and text.
func (m matcher) tags(kind text.TagKind) []text.Tag {
	var found []text.Tag
	for _, s := range m.doc.Streams {
		if !titleAndText[s.Field] {
			continue
		}
		for _, t := range m.doc.Tags[s.FirstTag:s.EndTag] {
			if t.Kind == kind {
				found = append(found, t)
			}
		}
	}
	return found
}

// has says that a post holds what has: asks for.
func (m matcher) has(word string) bool {
	p := m.post
	switch word {
	case "media":
		return len(p.Media) > 0
	case "image", "video", "audio":
		for _, media := range p.Media {
			if media.Type == word {
				return true
			}
		}
	case "alt":
		for _, media := range p.Media {
			if media.Alt != "" {
				return true
			}
		}
	case "link":
		return len(p.Links) > 0
	case "hashtag":
		return named(FieldHashtag, p.Hashtags) || len(m.tags(text.Hashtag)) > 0
	case "mention":
		return named(FieldMention, p.Mentions) || len(m.tags(text.Mention)) > 0
	case "title":
		return p.Title != ""
	case "place":
		return p.Place != hearth.Place{}
	case "rating":
		return p.Rating.Known
	}
	return false
}

// named says that one entry of a list has a name, which a lone sign has not.
func named(name FieldName, list []string) bool {
	for _, s := range list {
		if Key(name, s) != "" {
			return true
		}
	}
	return false
}
