package network

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"

	"hearth"
)

// Bounds of a file that is imported.
const (
	MaxRecord    = 16 << 20 // bytes of one record; a larger one is a Reject
	headSize     = 64 << 10 // what Head shows
	maxExpansion = 100      // bytes that one compressed byte may become
	maxWindow    = 64 << 20
)

// Input is the text of a file to import: expanded if it was compressed by gzip
// or zstd, without a byte order mark.
type Input struct {
	*bufio.Reader
	close func()
}

// Open looks at the beginning of a file and prepares reading it. It refuses
// UTF-16; and reading fails when a file expands to more than a hundred times
// its size. Close the Input afterwards; the file stays the caller's.
func Open(r io.Reader) (*Input, error) {
	raw := &counted{r: r}
	in := &Input{Reader: bufio.NewReaderSize(raw, headSize), close: func() {}}
	magic, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	var expanded io.Reader
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(in.Reader)
		if err != nil {
			return nil, hearth.Errorf(hearth.Invalid, "The file begins like gzip but cannot be expanded: %v.", err)
		}
		expanded = z
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(in.Reader, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, hearth.Errorf(hearth.Invalid, "The file begins like zstd but cannot be expanded: %v.", err)
		}
		in.close = z.Close
		expanded = z
	}
	if expanded != nil {
		in.Reader = bufio.NewReaderSize(&bounded{r: expanded, from: raw}, headSize)
	}
	return in, in.dropMark()
}

// Close frees what expanding needs.
func (in *Input) Close() { in.close() }

// Head is the beginning of the text, for Format.Sniff; reading still begins
// there.
func (in *Input) Head() []byte {
	head, _ := in.Peek(headSize)
	return head
}

func (in *Input) dropMark() error {
	mark, err := in.Peek(3)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		return hearth.Errorf(hearth.Invalid, "The file is UTF-16; save it as UTF-8.")
	case bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}):
		in.Discard(len(mark))
	}
	return nil
}

// counted counts what it reads.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded reads the expansion of what from has read.
type bounded struct {
	r    io.Reader
	from *counted
	n    int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > MaxRecord+maxExpansion*b.from.n {
		return 0, hearth.Errorf(hearth.Invalid, "The file expands to more than %d times its size, which no real export does.", maxExpansion)
	}
	if err != nil && err != io.EOF {
		err = hearth.Errorf(hearth.Invalid, "The compressed file is damaged or cut short: %v.", err)
	}
	return n, err
}
