package match

import (
	"strings"

	"hearth"
	"hearth/text"
)

// family is a kind of key. A table says which families its keys are of, so
// that no time is spent on the others.
type family uint32

const (
	word   family = 1 << iota // a token's plain spelling
	pair                      // two neighbouring tokens'
	prefix                    // the first 1, 2, 3, 4 or 6 bytes of a token's plain spelling
	around                    // a token's first 2, 3, 4 or 6 bytes and last 1 to 3
	tagged                    // a tag's plain name, in the text or in the post's lists
	tagPrefix
	author   // handle or name
	authorID //
	postID   //
	replyTo  //
	root     //
	quoted   //
	repostOf //
	site     // host of the address
	domain   // that or any above it
	link     // host of a link
	network  //
	language // primary subtag
	kind     //
)

// salt keeps the keys of one family apart from another's.
func (f family) salt() uint64 { return uint64(f) * 0xD6E8FEB86659FD93 }

// key of a family from the hash of its value; never 0. Its high bits are the
// good ones.
func (f family) key(hash uint64) uint64 { return (hash^f.salt())*0xFF51AFD7ED558CCD | 1 }

func (f family) of(s string) uint64 { return f.key(text.Hash(s)) }

// pairKey is the key of two neighbouring tokens.
func pairKey(a, b uint64) uint64 { return pair.key(a*3 + b) }

// unknownLanguage is the key of posts whose language analysis may yet tell.
var unknownLanguage = language.of("?")

// keys appends the keys of a post that are of the given families.
func (sc *Scratch) collect(families family, a *affixes, p *hearth.Post, d *text.Doc) {
	keys := sc.keys[:0]
	if families&(word|pair|prefix|around) != 0 {
		for si := range d.Streams {
			s := &d.Streams[si]
			tokens := d.Tokens[s.FirstToken:s.EndToken]
			for i := range tokens {
				t := &tokens[i]
				keys = append(keys, word.key(t.Plain))
				if i > 0 && families&pair != 0 {
					keys = append(keys, pairKey(tokens[i-1].Plain, t.Plain))
				}
			}
			if families&(prefix|around) != 0 {
				for i := range tokens {
					if c := tokens[i].Class; c == text.Word || c == text.Hangul {
						keys = a.appendKeys(keys, d.PlainOf(&tokens[i]))
					}
				}
			}
		}
	}
	if families&(tagged|tagPrefix) != 0 {
		keys = collectTags(keys, families, p, d)
	}
	if families&^(word|pair|prefix|around|tagged|tagPrefix) != 0 {
		keys = collectFields(keys, families, p)
	}
	sc.keys = keys
}

func collectTags(keys []uint64, families family, p *hearth.Post, d *text.Doc) []uint64 {
	for i := range d.Tags {
		t := &d.Tags[i]
		keys = append(keys, tagKey(t.Kind, t.Plain))
		if families&tagPrefix != 0 {
			keys = appendTagPrefixes(keys, d.PlainName(t))
		}
	}
	for i, list := range [...][]string{p.Hashtags, p.Mentions} {
		for _, entry := range list {
			plain := strings.TrimLeft(plainKey(entry), [...]string{"# ", "@ "}[i])
			keys = append(keys, tagKey(text.TagKind(i), text.Hash(plain)))
			if families&tagPrefix != 0 {
				keys = appendTagPrefixes(keys, []byte(plain))
			}
		}
	}
	return keys
}

// tagKey is the key of a tag's plain name.
func tagKey(k text.TagKind, plain uint64) uint64 { return tagged.key(plain + uint64(k)) }

func collectFields(keys []uint64, families family, p *hearth.Post) []uint64 {
	if families&author != 0 {
		for _, s := range [...]string{p.Author.Handle, p.Author.Name} {
			if s != "" {
				keys = append(keys, author.of(strings.TrimLeft(plainKey(s), "@ ")))
			}
		}
	}
	for _, id := range [...]struct {
		family family
		value  string
	}{
		{authorID, p.Author.ID}, {postID, p.ID}, {replyTo, p.InReplyTo},
		{root, p.Root}, {quoted, p.Quotes}, {repostOf, p.RepostOf},
	} {
		if families&id.family != 0 && id.value != "" {
			keys = append(keys, id.family.of(id.value))
		}
	}
	if families&(site|domain) != 0 && p.URL != "" {
		host := hostOf(p.URL)
		keys = append(keys, site.of(host))
		for families&domain != 0 {
			keys = append(keys, domain.of(host))
			dot := strings.IndexByte(host, '.')
			if dot < 0 {
				break
			}
			host = host[dot+1:]
		}
	}
	if families&link != 0 {
		for _, l := range p.Links {
			keys = append(keys, link.of(hostOf(l)))
		}
	}
	if families&network != 0 {
		keys = append(keys, network.of(plainKey(p.Network)))
	}
	if families&language != 0 {
		if p.Lang == "" {
			keys = append(keys, unknownLanguage)
		} else {
			keys = append(keys, language.of(primary(strings.ToLower(p.Lang))))
		}
	}
	if families&kind != 0 {
		keys = append(keys, kind.of(string(p.KindOf())))
	}
	return keys
}

// primary is a language tag's first subtag.
func primary(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		return tag[:i]
	}
	return tag
}

// plainKey is text.Plain of text.Key of s.
func plainKey(s string) string {
	if plainAlready(s) {
		return s
	}
	return text.Plain(text.Key(s))
}

// plainAlready says that a short string is its own plain key, as handles and
// hosts nearly always are.
func plainAlready(s string) bool {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b <= ' ' || b >= 0x7F || b-'A' < 26 {
			return false
		}
	}
	return true
}
