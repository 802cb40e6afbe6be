package match

import (
	"cmp"
	"math/bits"
	"slices"
)

// table finds the places of the queries anchored on a key. It is read by many
// goroutines and never changes.
type table struct {
	filter []uint64 // two bits of one word for each key: most probes end here
	fshift uint
	slots  []slot // open addressing, linear
	shift  uint
	places []int32
}

type slot struct {
	key      uint64 // 0: empty
	from, to int32  // table.places[from:to]
}

// anchored says that a query is looked at for posts that hold a key.
type anchored struct {
	key   uint64
	place int32
}

func newTable(pairs []anchored) *table {
	slices.SortFunc(pairs, func(a, b anchored) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place))
	})
	pairs = slices.Compact(pairs)
	keys := 0
	for i, p := range pairs {
		if i == 0 || pairs[i-1].key != p.key {
			keys++
		}
	}
	size := bits.Len(uint(2*keys + 1))
	filter := max(1, bits.Len(uint(keys))-2) // in words: 16 to 32 bits a key
	t := &table{
		filter: make([]uint64, 1<<filter), fshift: uint(64 - filter),
		slots: make([]slot, 1<<size), shift: uint(64 - size),
		places: make([]int32, 0, len(pairs)),
	}
	for i := 0; i < len(pairs); {
		key, from := pairs[i].key, int32(len(t.places))
		for ; i < len(pairs) && pairs[i].key == key; i++ {
			t.places = append(t.places, pairs[i].place)
		}
		t.put(slot{key, from, int32(len(t.places))})
	}
	return t
}

// spread is the multiplicative hash by which keys find their slot; the filter
// uses the key's own high bits.
const spread = 0x9E3779B97F4A7C15

func filterBits(key uint64) uint64 { return 1<<(key>>20&63) | 1<<(key>>26&63) }

func (t *table) put(s slot) {
	t.filter[s.key>>t.fshift] |= filterBits(s.key)
	i := s.key * spread >> t.shift
	for t.slots[i].key != 0 {
		i = (i + 1) & uint64(len(t.slots)-1)
	}
	t.slots[i] = s
}

// find is the places of the queries anchored on key.
func (t *table) find(key uint64) []int32 {
	if bits := filterBits(key); t.filter[key>>t.fshift]&bits != bits {
		return nil
	}
	for i := key * spread >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		switch s := &t.slots[i]; s.key {
		case key:
			return t.places[s.from:s.to]
		case 0:
			return nil
		}
	}
}
