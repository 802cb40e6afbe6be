package outbound

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"hearth"
)

// packings are the ways of packing an answer that we ask for.
const packings = "gzip, deflate, br, zstd"

// largestWindow bounds the memory of unpacking (RFC 9659: 8 MB for zstd on the
// web).
const largestWindow = 8 << 20

// asksPacked asks for a packed answer unless the request says itself what it
// can read, wants a part of the bytes, or opens a stream. Only what we asked
// for is unpacked.
func asksPacked(r *http.Request) bool {
	if r.Header.Get("Accept-Encoding") != "" || r.Header.Get("Range") != "" || opensStream(r) {
		return false
	}
	r.Header.Set("Accept-Encoding", packings)
	return true
}

// unpacked reads what a Content-Encoding packed (RFC 9110, 8.4). Nothing is
// read before the first Read.
func unpacked(wire io.Reader, encodings []string) (io.Reader, error) {
	name := strings.ToLower(strings.TrimSpace(strings.Join(encodings, ",")))
	switch name {
	case "identity":
		return wire, nil
	case "gzip", "x-gzip":
		return &late{open: func() (io.Reader, error) { return gzip.NewReader(wire) }}, nil
	case "deflate":
		return &late{open: func() (io.Reader, error) { return inflate(wire) }}, nil
	case "br":
		return brotli.NewReader(wire), nil
	case "zstd":
		z, err := zstd.NewReader(wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(largestWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("unpacking the answer: %w", err)
		}
		return z, nil // one at a time, it has no goroutines to end
	}
	return nil, hearth.Errorf(hearth.Unavailable, "The answer is packed as %q, which Hearth did not ask for.", shorten(name))
}

// inflate reads "deflate", which some servers take to mean zlib, as the
// standard says, and others the bare stream.
func inflate(wire io.Reader) (io.Reader, error) {
	b := bufio.NewReader(wire)
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// late opens a reader at the first Read, because opening reads already.
type late struct {
	open func() (io.Reader, error)
	r    io.Reader
	err  error
}

func (l *late) Read(p []byte) (int, error) {
	if l.r == nil && l.err == nil {
		if l.r, l.err = l.open(); l.err == io.EOF {
			l.err = io.ErrUnexpectedEOF
		}
	}
	if l.err != nil {
		return 0, l.err
	}
	return l.r.Read(p)
}

func shorten(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}
