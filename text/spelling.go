package text

import (
	"bytes"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Hash is the hash by which spellings are compared at speed: 64-bit FNV-1a
// with a final mix. It is the same on every machine and in every version, and
// it is no defence against chosen input: who must be certain compares bytes.
func Hash[T string | []byte](s T) uint64 {
	h := uint64(offset64)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * prime64
	}
	return mix(h)
}

const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// Fold is fold(s) of section 2.1: NFKC of the full case folding of NFKC of s.
func Fold(s string) string {
	var sp speller
	return string(sp.fold(nil, norm.NFKC.Bytes([]byte(s))))
}

// Plain is plain(s) of section 2.1 for a folded s: without diacritics.
func Plain(s string) string {
	var sp speller
	return string(sp.plain(nil, []byte(s)))
}

// speller makes folded and plain spellings. It keeps its scratch space, so it
// serves one goroutine.
type speller struct {
	caser   cases.Caser
	started bool
	a, b    []byte
}

// fold appends fold(s) to dst, for s in NFKC.
func (sp *speller) fold(dst, s []byte) []byte {
	if !sp.started {
		sp.caser, sp.started = cases.Fold(), true
	}
	need := 3*len(s) + utf8.UTFMax
	if cap(sp.a) < need {
		sp.a = make([]byte, need)
	}
	n, _, err := sp.caser.Transform(sp.a[:cap(sp.a)], s, true)
	if err != nil { // cannot happen: folding grows a text at most threefold
		return append(dst, s...)
	}
	return norm.NFKC.Append(dst, cherokee(sp.a[:n])...)
}

// cherokee folds Cherokee to its capitals, as CaseFolding.txt has it; x/text
// swaps the two cases. Both take three bytes, so it is done in place.
func cherokee(s []byte) []byte {
	if !bytes.Contains(s, []byte{0xEA, 0xAD}) && !bytes.Contains(s, []byte{0xEA, 0xAE}) && !bytes.Contains(s, []byte{0xE1, 0x8F}) {
		return s
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		switch {
		case r >= 0xAB70 && r <= 0xABBF:
			utf8.EncodeRune(s[i:], r-0xAB70+0x13A0)
		case r >= 0x13F8 && r <= 0x13FD:
			utf8.EncodeRune(s[i:], r-8)
		}
		i += n
	}
	return s
}

// plain appends plain(s) to dst, for a folded s.
func (sp *speller) plain(dst, s []byte) []byte {
	sp.a = norm.NFD.Append(sp.a[:0], s...)
	sp.b = sp.b[:0]
	var base rune
	for i := 0; i < len(sp.a); {
		r, n := utf8.DecodeRune(sp.a[i:])
		i += n
		switch {
		case dropped(r):
			if !keptOn(base, r) {
				continue
			}
		case !unicode.Is(unicode.M, r):
			base = r
		}
		sp.b = utf8.AppendRune(sp.b, stripped(r))
	}
	return norm.NFC.Append(dst, sp.b...)
}

// keptOn says that a mark belongs to the letter: the breve of й and ў, the
// dots of ї.
func keptOn(base, m rune) bool {
	switch base {
	case 'и', 'у':
		return m == 0x0306
	case 'і':
		return m == 0x0308
	}
	return false
}

// stripped is the letter without a stroke that does not come off by
// decomposition.
func stripped(r rune) rune {
	switch r {
	case 'đ':
		return 'd'
	case 'ħ':
		return 'h'
	case 'ı':
		return 'i'
	case 'ł':
		return 'l'
	case 'ø':
		return 'o'
	case 'ŧ':
		return 't'
	}
	return r
}

// droppedRanges is the set D of section 2.1.
var droppedRanges = [...]rune{0x0300, 0x036F, 0x0483, 0x0487, 0x0591, 0x05BD, 0x05BF, 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5,
	0x05C7, 0x05C7, 0x0610, 0x061A, 0x064B, 0x065F, 0x0670, 0x0670, 0x06D6, 0x06DC, 0x06DF, 0x06E4, 0x06E7, 0x06E8,
	0x06EA, 0x06ED, 0x08D3, 0x08E1, 0x08E3, 0x08FF, 0x1AB0, 0x1AFF, 0x1DC0, 0x1DFF, 0x20D0, 0x20FF, 0xFE20, 0xFE2F}

func dropped(r rune) bool {
	for i := 0; i < len(droppedRanges); i += 2 {
		if r <= droppedRanges[i+1] {
			return r >= droppedRanges[i]
		}
	}
	return false
}

// spelling is how one character is spelt on its own.
type spelling struct {
	folded, plain rune
	simple        bool // both are one character that composes with nothing before it
}

func (s spelling) same(r rune) bool { return s.simple && s.folded == r && s.plain == r }

// spellings are worked out once for the alphabets with case and diacritics;
// above them a character is its own spelling unless it has case or takes part
// in a decomposition that drops marks.
type spellings struct {
	low   [0x2000]spelling
	other map[rune]bool // characters above that need the slow way
}

var allSpellings = sync.OnceValue(func() *spellings {
	all := &spellings{other: map[rune]bool{}}
	var sp speller
	var raw, folded, plain []byte
	work := func(r rune) spelling {
		raw = norm.NFKC.AppendString(raw[:0], string(r))
		folded = sp.fold(folded[:0], raw)
		plain = sp.plain(plain[:0], folded)
		f, fn := utf8.DecodeRune(folded)
		p, pn := utf8.DecodeRune(plain)
		one := fn == len(folded) && pn == len(plain) && len(folded) > 0 && len(plain) > 0
		free := one && norm.NFKC.Properties(folded).BoundaryBefore() && norm.NFC.Properties(plain).BoundaryBefore()
		if table.of(r).is(mark) { // a mark changes nothing if it keeps its spelling
			free = one
		}
		return spelling{f, p, free}
	}
	for r := rune(0x80); int(r) < len(all.low); r++ {
		if table.of(r).is(letter | mark) {
			all.low[r] = work(r)
		}
	}
	check := func(r rune) {
		if s := work(r); !s.same(r) {
			all.other[r] = true
		}
	}
	for _, c := range unicode.CaseRanges {
		for r := rune(c.Lo); r <= rune(c.Hi); r++ {
			if int(r) >= len(all.low) {
				check(r)
			}
		}
	}
	for i := 0; i < len(droppedRanges); i += 2 {
		for r := droppedRanges[i]; r <= droppedRanges[i+1]; r++ {
			if int(r) >= len(all.low) {
				all.other[r] = true
			}
		}
	}
	for _, block := range [...][2]rune{{0x2000, 0x2BFF}, {0x2C00, 0x2DFF}, {0xA640, 0xA7FF}, {0xAB30, 0xABBF}, {0xFB00, 0xFDFF}} {
		for r := block[0]; r <= block[1]; r++ {
			if table.of(r).is(letter | mark) {
				check(r)
			}
		}
	}
	return all
})

// of is the spelling of one character.
func (all *spellings) of(r rune) spelling {
	if int(r) < len(all.low) {
		return all.low[r]
	}
	if all.other[r] {
		return spelling{}
	}
	return spelling{r, r, true}
}
