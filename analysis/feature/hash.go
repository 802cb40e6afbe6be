package feature

// Mix is one hash of two, in that order. Its bits are good enough to index
// tables by the upper ones and to check by the lower ones.
func Mix(a, b uint64) uint64 {
	h := (a ^ b>>31 ^ b<<33) * 0x9e3779b97f4a7c15
	h ^= h >> 32
	h = (h ^ b) * 0xff51afd7ed558ccd
	return h ^ h>>29
}
