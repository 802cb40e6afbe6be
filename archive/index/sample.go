package index

import (
	"cmp"
	"math/bits"
	"slices"
)

// Sample gives at most n of the documents found, and how many were found. The
// documents, part by part in the order of their places, are cut into n
// stretches of equal length, and one document that looks picked by chance is
// taken of each, always the same one. So the sample is spread over all the time
// that was searched. Its order looks like chance too: the first of them are a
// sample as well.
func (r *Result) Sample(n int) (docs []Doc, total int, err error) {
	if total, _, err = r.Size(); err != nil || total == 0 || n <= 0 {
		return nil, total, err
	}
	n = min(n, total)
	docs = make([]Doc, 0, n)
	next := pick(0, n, total) // rank of the next document to be taken
	rank := 0                 // of the first document of a window, then of the tail
	for _, s := range r.segments {
		for w, b := range s.found {
			if b == nil {
				continue
			}
			count := b.count()
			for len(docs) < n && next < rank+count {
				d, err := s.docs.doc(uint32(w<<windowBits + b.nth(next-rank)))
				if err != nil {
					return nil, 0, err
				}
				docs = append(docs, d)
				next = pick(len(docs), n, total)
			}
			rank += count
		}
	}
	for len(docs) < n {
		docs = append(docs, r.tail[next-rank])
		next = pick(len(docs), n, total)
	}
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Compare(scatter(uint64(a.Seq)), scatter(uint64(b.Seq))) })
	return docs, total, nil
}

// pick is the rank of the i-th of n documents that are taken of total.
func pick(i, n, total int) int {
	from, to := stretch(i, n, total), stretch(i+1, n, total)
	return from + int(scatter(uint64(i))%uint64(max(to-from, 1)))
}

// stretch is where the i-th of n stretches begins.
func stretch(i, n, total int) int {
	high, low := bits.Mul64(uint64(i), uint64(total))
	at, _ := bits.Div64(high, low, uint64(n))
	return int(at)
}

// scatter is a number that looks like chance (splitmix64; Steele et al. 2014).
func scatter(n uint64) uint64 {
	n = (n + 1) * 0x9E3779B97F4A7C15
	n = (n ^ n>>30) * 0xBF58476D1CE4E5B9
	n = (n ^ n>>27) * 0x94D049BB133111EB
	return n ^ n>>31
}
