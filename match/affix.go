package match

import "math/bits"

// affix is how a pattern begins and ends; either part is cut to a keyed length.
type affix struct{ begin, end string }

// Beginnings are keyed at these lengths in bytes, ends at 1 to longestEnd.
var affixLengths = [...]int{1, 2, 3, 4, 6}

const longestEnd = 3

// affixLength is the longest keyed length that a literal of n bytes has.
func affixLength(n int) int {
	best := 0
	for _, l := range affixLengths {
		if l <= n {
			best = l
		}
	}
	return best
}

// affixKey is the key of words that begin and end so.
func affixKey(f family, begin, end string) uint64 {
	if end == "" {
		return f.key(pack(begin))
	}
	return f.key(pack(begin) ^ bits.RotateLeft64(pack(end), 56)*spread)
}

// pack is up to seven bytes and their number in one word.
func pack[T string | []byte](s T) uint64 {
	v := uint64(len(s))
	for i := 0; i < len(s); i++ {
		v = v<<8 | uint64(s[i])
	}
	return v
}

// affixes says which affixes a set is anchored on, coarsely: most tokens are
// passed over at a glance at their first two and last bytes.
type affixes struct {
	lengths uint8     // bits of the lengths of beginnings that stand alone
	around  [7]uint8  // for each length of a beginning, bits of the lengths of its ends
	alone   twoBytes  // first two bytes of beginnings that stand alone
	begins  twoBytes  // and of those with an end
	last    [4]uint64 // last bytes of ends
}

// twoBytes is a set of pairs of bytes.
type twoBytes [1 << 16 / 64]uint64

func (t *twoBytes) add(a, b byte) {
	n := int(a)<<8 | int(b)
	t[n>>6] |= 1 << (n & 63)
}

func (t *twoBytes) has(a, b byte) bool {
	n := int(a)<<8 | int(b)
	return t[n>>6]&(1<<(n&63)) != 0
}

func (t *twoBytes) join(o *twoBytes) {
	for i, bits := range o {
		t[i] |= bits
	}
}

func (s *affixes) add(a affix) {
	n := len(a.begin)
	if a.end != "" {
		last := a.end[len(a.end)-1]
		s.around[n] |= 1 << len(a.end)
		s.begins.add(a.begin[0], a.begin[1])
		s.last[last>>6] |= 1 << (last & 63)
		return
	}
	s.lengths |= 1 << n
	if n > 1 {
		s.alone.add(a.begin[0], a.begin[1])
		return
	}
	for second := range 256 {
		s.alone.add(a.begin[0], byte(second))
	}
}

func (s *affixes) join(o *affixes) {
	s.lengths |= o.lengths
	s.alone.join(&o.alone)
	s.begins.join(&o.begins)
	for i := range o.around {
		s.around[i] |= o.around[i]
	}
	for i := range o.last {
		s.last[i] |= o.last[i]
	}
}

// appendKeys appends the keys of a word's affixes.
func (s *affixes) appendKeys(keys []uint64, word []byte) []uint64 {
	if len(word) < 2 {
		if len(word) == 1 && s.lengths&(1<<1) != 0 {
			keys = append(keys, prefix.key(pack(word)))
		}
		return keys
	}
	if s.alone.has(word[0], word[1]) {
		for _, n := range affixLengths {
			if n <= len(word) && s.lengths&(1<<n) != 0 {
				keys = append(keys, prefix.key(pack(word[:n])))
			}
		}
	}
	last := word[len(word)-1]
	if s.last[last>>6]&(1<<(last&63)) == 0 || !s.begins.has(word[0], word[1]) {
		return keys
	}
	for _, n := range affixLengths {
		if n > len(word) || s.around[n] == 0 {
			continue
		}
		begin := pack(word[:n])
		for m := 1; m <= min(longestEnd, len(word)); m++ {
			if s.around[n]&(1<<m) != 0 {
				keys = append(keys, around.key(begin^bits.RotateLeft64(pack(word[len(word)-m:]), 56)*spread))
			}
		}
	}
	return keys
}

// appendTagPrefixes appends the keys of how a tag's name begins.
func appendTagPrefixes(keys []uint64, name []byte) []uint64 {
	for _, n := range affixLengths {
		if n <= len(name) {
			keys = append(keys, tagPrefix.key(pack(name[:n])))
		}
	}
	return keys
}
