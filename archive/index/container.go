package index

import (
	"encoding/binary"
	"errors"
)

// A container is the documents of one posting within one window, in the
// shortest of three forms (as Roaring bitmaps have them; Lemire et al. 2016).
const (
	formGaps   = iota // uvarint gaps between the documents
	formRuns          // uvarint pairs: gap to a run, its length less one
	formBitmap        // the bits themselves
)

// ErrBroken says that a block or head is not as it was written.
var ErrBroken = errors.New("the index is not in its written form")

// appendContainer adds the shortest form of docs (ascending, one or more, of
// one window) to dst.
func appendContainer(dst []byte, docs []uint32) ([]byte, int) {
	gaps, runs := 0, 0
	for i := 0; i < len(docs); {
		j := i + 1
		for j < len(docs) && docs[j] == docs[j-1]+1 {
			j++
		}
		gap := uint32(0)
		if i > 0 {
			gap = docs[i] - docs[i-1] - 1
		} else {
			gap = docs[0] & (windowDocs - 1)
		}
		gaps += size(gap) + j - i - 1
		runs += size(gap) + size(uint32(j-i-1))
		i = j
	}
	switch {
	case gaps <= runs && gaps <= windowDocs/8:
		return appendGaps(dst, docs), formGaps
	case runs <= windowDocs/8:
		return appendRuns(dst, docs), formRuns
	}
	return appendBits(dst, docs), formBitmap
}

func size(n uint32) int {
	switch {
	case n < 1<<7:
		return 1
	case n < 1<<14:
		return 2
	}
	return 3
}

func appendGaps(dst []byte, docs []uint32) []byte {
	next := docs[0] &^ (windowDocs - 1)
	for _, d := range docs {
		dst = binary.AppendUvarint(dst, uint64(d-next))
		next = d + 1
	}
	return dst
}

func appendRuns(dst []byte, docs []uint32) []byte {
	next := docs[0] &^ (windowDocs - 1)
	for i := 0; i < len(docs); {
		j := i + 1
		for j < len(docs) && docs[j] == docs[j-1]+1 {
			j++
		}
		dst = binary.AppendUvarint(dst, uint64(docs[i]-next))
		dst = binary.AppendUvarint(dst, uint64(j-i-1))
		next = docs[j-1] + 1
		i = j
	}
	return dst
}

func appendBits(dst []byte, docs []uint32) []byte {
	var b bitmap
	for _, d := range docs {
		b.set(uint16(d))
	}
	for _, w := range b {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

// orContainer sets the documents of a container in b.
func orContainer(b *bitmap, form int, data []byte) error {
	switch form {
	case formGaps:
		for next := uint64(0); len(data) > 0; next++ {
			gap, n := binary.Uvarint(data)
			if n <= 0 || gap >= windowDocs || next+gap >= windowDocs {
				return ErrBroken
			}
			next += gap
			b.set(uint16(next))
			data = data[n:]
		}
	case formRuns:
		for next := uint64(0); len(data) > 0; {
			gap, n := binary.Uvarint(data)
			if n <= 0 || gap >= windowDocs {
				return ErrBroken
			}
			more, m := binary.Uvarint(data[n:])
			if m <= 0 || more >= windowDocs || next+gap+more >= windowDocs {
				return ErrBroken
			}
			b.setRange(uint16(next+gap), uint16(next+gap+more))
			next += gap + more + 1
			data = data[n+m:]
		}
	case formBitmap:
		if len(data) != windowDocs/8 {
			return ErrBroken
		}
		for i := range b {
			b[i] |= binary.LittleEndian.Uint64(data[i*8:])
		}
	default:
		return ErrBroken
	}
	return nil
}

// countGaps counts the documents of a container in gaps that are in b.
func countGaps(b *bitmap, data []byte) (n int, err error) {
	next := uint64(0)
	for len(data) > 0 {
		gap, size := uint64(data[0]), 1
		if gap >= 0x80 {
			if gap, size = binary.Uvarint(data); size <= 0 || gap >= windowDocs {
				return 0, ErrBroken
			}
		}
		if next += gap; next >= windowDocs {
			return 0, ErrBroken
		}
		n += int(b[next>>6] >> (next & 63) & 1)
		next++
		data = data[size:]
	}
	return n, nil
}

// appendDocs adds the documents of a container, which begin at base, to docs.
func appendDocs(docs []uint32, base uint32, form int, data []byte) ([]uint32, error) {
	if form == formGaps {
		for next := uint64(0); len(data) > 0; next++ {
			gap, n := binary.Uvarint(data)
			if n <= 0 || gap >= windowDocs || next+gap >= windowDocs {
				return docs, ErrBroken
			}
			next += gap
			docs = append(docs, base+uint32(next))
			data = data[n:]
		}
		return docs, nil
	}
	var b bitmap
	if err := orContainer(&b, form, data); err != nil {
		return docs, err
	}
	for i := b.from(0); i < windowDocs; i = b.from(i + 1) {
		docs = append(docs, base+uint32(i))
	}
	return docs, nil
}
