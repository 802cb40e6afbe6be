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
	suffix                    // the last ones, read backwards
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

// prefixLengths are the lengths in bytes at which prefixes are keyed.
var prefixLengths = [...]int{1, 2, 3, 4, 6}

// prefixLength is the longest keyed length that a literal of n bytes has.
func prefixLength(n int) int {
	best := 0
	for _, l := range prefixLengths {
		if l <= n {
			best = l
		}
	}
	return best
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// prefixKey is the key of a prefix, whole.
func prefixKey(f family, s string) uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return f.key(h + uint64(len(s)))
}

// affixes says with which two bytes the prefixes or suffixes of a set begin or
// end, so that most tokens are passed over at a glance.
type affixes struct {
	bits [1 << 16 / 64]uint64
	any  bool
	back bool // suffixes
}

func (a *affixes) at(first, second byte) (int, uint64) {
	n := int(first)<<8 | int(second)
	return n >> 6, 1 << (n & 63)
}

// outer is the first two bytes, or the last two, the outermost first.
func (a *affixes) outer(s []byte) (byte, byte) {
	if a.back {
		return s[len(s)-1], s[len(s)-2]
	}
	return s[0], s[1]
}

func (a *affixes) add(affix string) {
	a.any = true
	if len(affix) == 1 {
		for second := range 256 {
			i, bit := a.at(affix[0], byte(second))
			a.bits[i] |= bit
		}
		return
	}
	i, bit := a.at(a.outer([]byte(affix)))
	a.bits[i] |= bit
}

func (a *affixes) join(o *affixes) {
	a.any = a.any || o.any
	for i, bits := range o.bits {
		a.bits[i] |= bits
	}
}

func (a *affixes) has(s []byte) bool {
	if !a.any || len(s) < 2 {
		return a.any && len(s) == 1
	}
	i, bit := a.at(a.outer(s))
	return a.bits[i]&bit != 0
}

// unknownLanguage is the key of posts whose language analysis may yet tell.
var unknownLanguage = language.of("?")

// keys appends the keys of a post that are of the given families.
func (sc *Scratch) collect(families family, begins, ends *affixes, p *hearth.Post, d *text.Doc) {
	keys := sc.keys[:0]
	if families&(word|pair|prefix|suffix) != 0 {
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
			if families&(prefix|suffix) != 0 {
				for i := range tokens {
					if c := tokens[i].Class; c == text.Word || c == text.Hangul {
						plain := d.PlainOf(&tokens[i])
						if begins.has(plain) {
							keys = appendPrefixes(keys, prefix, plain)
						}
						if ends.has(plain) {
							keys = appendSuffixes(keys, plain)
						}
					}
				}
			}
		}
	}
	if families&(tagged|tagPrefix) != 0 {
		keys = collectTags(keys, families, p, d)
	}
	if families&^(word|pair|prefix|suffix|tagged|tagPrefix) != 0 {
		keys = collectFields(keys, families, p)
	}
	sc.keys = keys
}

func appendPrefixes(keys []uint64, f family, s []byte) []uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(s) && i < 6; i++ {
		h = (h ^ uint64(s[i])) * fnvPrime
		if i != 4 {
			keys = append(keys, f.key(h+uint64(i+1)))
		}
	}
	return keys
}

func appendSuffixes(keys []uint64, s []byte) []uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(s) && i < 6; i++ {
		h = (h ^ uint64(s[len(s)-1-i])) * fnvPrime
		if i != 4 {
			keys = append(keys, suffix.key(h+uint64(i+1)))
		}
	}
	return keys
}

// suffixKey is the key of a suffix, whole.
func suffixKey(s string) uint64 {
	h := uint64(fnvOffset)
	for i := len(s) - 1; i >= 0; i-- {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return suffix.key(h + uint64(len(s)))
}

func collectTags(keys []uint64, families family, p *hearth.Post, d *text.Doc) []uint64 {
	for i := range d.Tags {
		t := &d.Tags[i]
		keys = append(keys, tagKey(t.Kind, t.Plain))
		if families&tagPrefix != 0 {
			keys = appendPrefixes(keys, tagPrefix, d.PlainName(t))
		}
	}
	for i, list := range [...][]string{p.Hashtags, p.Mentions} {
		for _, entry := range list {
			plain := strings.TrimLeft(plainKey(entry), [...]string{"# ", "@ "}[i])
			keys = append(keys, tagKey(text.TagKind(i), text.Hash(plain)))
			if families&tagPrefix != 0 {
				keys = appendPrefixes(keys, tagPrefix, []byte(plain))
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
