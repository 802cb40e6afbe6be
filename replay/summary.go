package replay

// summary is a blocked Bloom filter: three bits of one word for each key, whose
// high bits are taken to be well spread. At the size of a full block some four
// in a hundred keys that are not there seem to be.
type summary []uint64

const (
	summaryBits  = 13 // 64 KiB
	summaryShift = 64 - summaryBits
)

func newSummary() summary { return make(summary, 1<<summaryBits) }

func bitsOf(key uint64) uint64 { return 1<<(key>>20&63) | 1<<(key>>26&63) | 1<<(key>>32&63) }

func (s summary) add(key uint64) { s[key>>summaryShift] |= bitsOf(key) }

func (s summary) holds(key uint64) bool {
	bits := bitsOf(key)
	return s[key>>summaryShift]&bits == bits
}
