package archive

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/archive/index"
	"hearth/query"
	"hearth/text"
)

// Terms of the index. Each begins with the workspace, so that no posting list
// ever holds two tenants' posts, then a sign for what it is of, then the
// spelling. The text of a post is indexed by the plain spellings of its tokens,
// and the folded ones where these differ; fields by what query compares.
const (
	signText    = '='
	signFolded  = '~' // spelt with diacritics
	signAlt     = '%' // of a description of media
	signHashtag = '#' // in title, text and the post's list
	signMention = '@' // likewise
	signCashtag = '$'
	signField   = ':' // and a letter of field
)

const (
	fieldNetwork   = 'n'
	fieldLang      = 'l' // and each tag that it extends
	fieldKind      = 'k'
	fieldAuthor    = 'a' // handle and name
	fieldAuthorID  = 'i'
	fieldVerified  = 'v'
	fieldBot       = 'b' // declared
	fieldThread    = 'r' // hash of the parent's and the root's id
	fieldShared    = 'p' // hash of the quoted and the reposted post's id
	fieldHost      = 'u' // of the url, labels reversed
	fieldLinkHost  = 'w' // of each link
	fieldCountry   = 'c'
	fieldRegion    = 'R'
	fieldCity      = 'C'
	fieldTag       = 'g'
	fieldItem      = 'm'
	fieldSentiment = 's'
	fieldIntent    = 't'
	fieldSpam      = 'z'
	fieldCorrected = 'e' // yes, and each field that was
	fieldCorrector = 'E'
	fieldHas       = 'x'
	fieldMonitor   = 'q'
)

// termVersion changes whenever a post could have other terms than before; with
// text.Version it makes the version of the index.
const termVersion = 1

func indexVersion() int64 { return int64(text.Version)<<16 | termVersion }

// maxTerm is the length, in bytes, to which a spelling is cut. What is cut is
// found by its beginning, and query.Match sorts the rest out.
const maxTerm = 64

// cutTerm cuts a spelling.
func cutTerm(s string) string {
	if len(s) <= maxTerm {
		return s
	}
	return s[:maxTerm]
}

// termer makes the terms of posts. One goroutine may use it.
type termer struct {
	doc   text.Doc
	hosts map[string]string // scheme and host as written, to the reversed host
	terms *index.Terms
	begin []byte // workspace
}

// post sets terms to those of a post. doc is its text as query.AddPost cuts it,
// or nil.
func (t *termer) post(terms *index.Terms, ws hearth.WorkspaceID, c *content, doc *text.Doc) {
	p := &c.post
	if doc == nil {
		query.AddPost(&t.doc, p)
		doc = &t.doc
	}
	terms.Reset()
	t.terms = terms
	t.begin = appendWorkspace(t.begin[:0], ws)
	t.text(doc)
	t.field(fieldNetwork, t.key(query.FieldNetwork, p.Network))
	t.lang(p.Lang)
	t.field(fieldKind, string(p.KindOf()))
	t.author(&p.Author)
	t.threads(p)
	t.links(p)
	t.tags(signHashtag, query.FieldHashtag, p.Hashtags)
	t.tags(signMention, query.FieldMention, p.Mentions)
	for _, s := range p.Tags {
		t.field(fieldTag, t.key(query.FieldTag, s))
	}
	t.field(fieldItem, t.key(query.FieldItem, p.Item))
	t.place(&p.Place)
	t.analysis(p)
	t.has(p)
	for _, m := range c.monitors {
		t.field(fieldMonitor, strconv.FormatInt(int64(m), 10))
	}
}

// termsOf is the terms of one post.
func termsOf(ws hearth.WorkspaceID, c *content) index.List {
	var t termer
	var terms index.Terms
	t.post(&terms, ws, c, nil)
	var s index.Store
	return s.Copy(&terms)
}

// appendWorkspace begins a term.
func appendWorkspace(b []byte, ws hearth.WorkspaceID) []byte {
	return strconv.AppendInt(b, int64(ws), 36)
}

// sign adds a term; an empty spelling is missing.
func (t *termer) sign(sign byte, spelling string) {
	if spelling != "" {
		b := append(append(t.terms.Begin(), t.begin...), sign)
		t.terms.End(append(b, cutTerm(spelling)...))
	}
}

func (t *termer) field(letter byte, value string) {
	if value != "" {
		b := append(append(t.terms.Begin(), t.begin...), signField, letter)
		t.terms.End(append(b, cutTerm(value)...))
	}
}

func (t *termer) text(d *text.Doc) {
	for i := range d.Streams {
		s := &d.Streams[i]
		sign := byte(signText)
		if s.Field == text.Alt {
			sign = signAlt
		}
		for k := s.FirstToken; k < s.EndToken; k++ {
			tok := &d.Tokens[k]
			t.bytes(sign, d.PlainOf(tok))
			if sign == signText && tok.Folded != tok.Plain {
				t.bytes(signFolded, d.FoldedOf(tok))
			}
		}
		if s.Field == text.Alt {
			continue
		}
		for k := s.FirstTag; k < s.EndTag; k++ {
			tag := &d.Tags[k]
			t.bytes(tagSign(tag.Kind), d.PlainName(tag))
			t.hasTag(tagSign(tag.Kind))
		}
	}
}

// tags adds a list of hashtags or mentions; a lone sign is no name.
func (t *termer) tags(sign byte, name query.FieldName, list []string) {
	for _, s := range list {
		if key := t.key(name, s); key != "" {
			t.sign(sign, key)
			t.hasTag(sign)
		}
	}
}

func (t *termer) hasTag(sign byte) {
	switch sign {
	case signHashtag:
		t.field(fieldHas, "hashtag")
	case signMention:
		t.field(fieldHas, "mention")
	}
}

func (t *termer) bytes(sign byte, spelling []byte) {
	b := append(append(t.terms.Begin(), t.begin...), sign)
	t.terms.End(append(b, spelling[:min(len(spelling), maxTerm)]...))
}

func tagSign(k text.TagKind) byte {
	switch k {
	case text.Hashtag:
		return signHashtag
	case text.Mention:
		return signMention
	}
	return signCashtag
}

// key is the plain spelling by which a string field is compared.
func (t *termer) key(name query.FieldName, s string) string {
	if simpleKey(s) {
		return s
	}
	return plainOf(query.Key(name, s))
}

// plainOf is the plain spelling of a folded one, or that itself where nothing
// but marks is left out.
func plainOf(folded string) string {
	if plain := text.Plain(folded); plain != "" {
		return plain
	}
	return folded
}

// simpleKey says that a string is its own key: most handles and names of
// networks are.
func simpleKey(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

func (t *termer) lang(lang string) {
	if lang == "" {
		return
	}
	tag := languageTag(lang)
	t.field(fieldLang, tag)
	for i := strings.LastIndexByte(tag, '-'); i > 0; i = strings.LastIndexByte(tag[:i], '-') {
		t.field(fieldLang, tag[:i])
	}
}

func languageTag(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "_", "-")
}

func (t *termer) author(a *hearth.Author) {
	t.field(fieldAuthorID, a.ID)
	handle := t.key(query.FieldAuthor, a.Handle)
	t.field(fieldAuthor, handle)
	if a.Name != a.Handle {
		t.field(fieldAuthor, t.key(query.FieldAuthor, a.Name))
	}
	t.truth(fieldVerified, a.Verified)
	if a.Bot == hearth.True {
		t.field(fieldBot, query.Declared)
	}
}

func (t *termer) truth(letter byte, b hearth.Bool) {
	switch b {
	case hearth.True:
		t.field(letter, "1")
	case hearth.False:
		t.field(letter, "0")
	}
}

func (t *termer) threads(p *hearth.Post) {
	for _, id := range [...]string{p.InReplyTo, p.Root} {
		t.id(fieldThread, id)
	}
	for _, id := range [...]string{p.Quotes, p.RepostOf} {
		t.id(fieldShared, id)
	}
}

// id adds the hash of an id that is long and seldom asked for.
func (t *termer) id(letter byte, id string) {
	if id != "" {
		t.field(letter, idHash(id))
	}
}

func idHash(id string) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], text.Hash(id))
	return string(b[:5])
}

func (t *termer) links(p *hearth.Post) {
	if p.URL != "" {
		t.host(fieldHost, p.URL)
	}
	for _, l := range p.Links {
		t.host(fieldLinkHost, l)
		t.field(fieldHas, "link")
	}
}

// host adds the host of an address. A link without one counts as a link.
func (t *termer) host(letter byte, address string) {
	host := t.hostOf(address)
	t.fieldOrEmpty(letter, host)
	if !strings.Contains(host, "&") {
		return
	}
	// An address continues a value also by &, which may stand in its host.
	_, whole := query.Address(address)
	for i := range len(whole) {
		if whole[i] == '&' {
			t.fieldOrEmpty(letter, reverseHost(whole[:i]))
		}
	}
}

func (t *termer) fieldOrEmpty(letter byte, value string) {
	b := append(append(t.terms.Begin(), t.begin...), signField, letter)
	t.terms.End(append(b, cutTerm(value)...))
}

// maxHosts bounds the hosts that are remembered.
const maxHosts = 512

// hostOf is the host of an address with its labels reversed, so that what is
// below a domain begins with it. Reading an address takes longer than all other
// terms together, so hosts of plain ASCII addresses are remembered.
func (t *termer) hostOf(address string) string {
	end := hostEnd(address)
	if end < 0 {
		_, host := query.Address(address)
		return reverseHost(host)
	}
	if h, ok := t.hosts[address[:end]]; ok {
		return h
	}
	if t.hosts == nil || len(t.hosts) >= maxHosts {
		t.hosts = make(map[string]string)
	}
	_, host := query.Address(address[:end])
	reversed := reverseHost(host)
	t.hosts[strings.Clone(address[:end])] = reversed
	return reversed
}

// hostEnd is where the path of an address begins, -1 if it is not so plain that
// this can be told.
func hostEnd(address string) int {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return -1
	}
	from := len(address) - len(rest)
	for i := range len(address) {
		c := address[i]
		if c <= ' ' || c >= 0x7f {
			return -1
		}
		if i >= from && (c == '/' || c == '?' || c == '#') {
			return i
		}
	}
	return len(address)
}

func reverseHost(host string) string {
	labels := strings.Split(host, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

func (t *termer) place(p *hearth.Place) {
	if *p == (hearth.Place{}) {
		return
	}
	t.field(fieldCountry, lowerASCII(p.Country))
	t.field(fieldRegion, t.key(query.FieldRegion, p.Region))
	t.field(fieldCity, t.key(query.FieldCity, p.City))
	t.field(fieldHas, "place")
}

func lowerASCII(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

func (t *termer) analysis(p *hearth.Post) {
	t.field(fieldSentiment, lowerASCII(string(p.Sentiment)))
	for _, i := range p.Intent {
		t.field(fieldIntent, lowerASCII(string(i)))
	}
	t.truth(fieldSpam, p.Spam)
	for i := range p.Corrections {
		t.field(fieldCorrected, "yes")
		t.field(fieldCorrected, p.Corrections[i].Field)
		t.field(fieldCorrector, p.Corrections[i].By.String())
	}
}

// has adds what has: asks for; links, tags and places add their own.
func (t *termer) has(p *hearth.Post) {
	for i := range p.Media {
		m := &p.Media[i]
		t.field(fieldHas, "media")
		switch m.Type {
		case "image", "video", "audio":
			t.field(fieldHas, m.Type)
		}
		if m.Alt != "" {
			t.field(fieldHas, "alt")
		}
	}
	if p.Title != "" {
		t.field(fieldHas, "title")
	}
	if p.Rating.Known {
		t.field(fieldHas, "rating")
	}
}
