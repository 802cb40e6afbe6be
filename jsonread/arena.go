package jsonread

import "strings"

// Arena gives many small strings memory together, a chunk at a time. A string
// keeps its whole chunk alive, so one that is to stay is cloned. Chunks are
// never used again: what was given out never changes. The zero value is ready;
// one goroutine at a time.
type Arena struct {
	b     strings.Builder
	start int
}

// Chunks double, so that a short use takes little.
const (
	firstChunk   = 256
	largestChunk = 32 << 10
)

// Concat is the parts as one string.
func (a *Arena) Concat(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	b := a.begin(size)
	for _, p := range parts {
		b.WriteString(p)
	}
	return a.end()
}

func (a *Arena) begin(size int) *strings.Builder {
	if had := a.b.Cap(); had-a.b.Len() < size {
		a.b = strings.Builder{}
		a.b.Grow(max(size, min(max(2*had, firstChunk), largestChunk)))
	}
	a.start = a.b.Len()
	return &a.b
}

func (a *Arena) end() string { return a.b.String()[a.start:] }

// Copy is a copy of the bytes as a string.
func (a *Arena) Copy(p []byte) string {
	a.begin(len(p)).Write(p)
	return a.end()
}
