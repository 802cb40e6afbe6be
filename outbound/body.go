package outbound

import (
	"context"
	"io"
	"mime"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
)

// The limits of an answer. Callers read with smaller ones of their own, through
// ReadAll; these hold for whoever forgets.
const (
	wholeTime   = time.Minute      // from the request to the last byte, but for streams
	silenceTime = 20 * time.Second // between two bytes of an answer, but for streams
	largestBody = 64 << 20         // bytes, packed and unpacked, but for streams
	largestRate = 100              // unpacked bytes for each packed one …
	freeOfRate  = 1 << 20          // … beyond this many: small texts pack well
)

var (
	errSlow   = hearth.Errorf(hearth.Unavailable, "The answer took longer than %s.", wholeTime)
	errSilent = hearth.Errorf(hearth.Unavailable, "The answer stopped: nothing came for %s.", silenceTime)
	errLarge  = hearth.Errorf(hearth.Unavailable, "The answer is larger than %d MB.", largestBody>>20)
	errBomb   = hearth.Errorf(hearth.Unavailable, "The answer unpacks to more than %d times its size; it was not read on.", largestRate)
)

// body is the body of an answer, within its limits. Like every body it is read
// by one goroutine at a time; it may be closed by another.
type body struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	whole  *time.Timer
	free   func()    // gives the place among the host's calls back
	read   func(int) // is told of bytes from the wire

	wire    io.ReadCloser
	plain   io.Reader // what the caller reads: wire itself, or unpacked
	endless bool
	packed  atomic.Int64
	size    int64 // bytes given out
	err     error

	ended sync.Once
}

// take puts b in the place of the answer's body.
func (b *body) take(answer *http.Response, p Purpose, unpack bool) error {
	b.wire = answer.Body
	b.endless = p == Stream && (answer.StatusCode == http.StatusSwitchingProtocols || isEventStream(answer.Header.Get("Content-Type")))
	if b.endless {
		b.whole.Stop()
		b.ended.Do(b.free) // a stream stays for long; it takes no other call's place
		if answer.StatusCode == http.StatusSwitchingProtocols {
			return nil // the body is the connection, and its reader knows what is on it
		}
	} else if answer.ContentLength > largestBody {
		return errLarge
	}
	b.plain = wireReader{b}
	if unpack && answer.Header.Get("Content-Encoding") != "" && answer.ContentLength != 0 && answer.Request.Method != http.MethodHead {
		var err error
		if b.plain, err = unpacked(wireReader{b}, answer.Header.Values("Content-Encoding")); err != nil {
			return err
		}
		answer.Header.Del("Content-Encoding")
		answer.Header.Del("Content-Length")
		answer.ContentLength, answer.Uncompressed = -1, true
	}
	answer.Body = b
	return nil
}

// Read is io.Reader.Read.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.plain.Read(p)
	b.size += int64(n)
	switch packed := b.packed.Load(); {
	case !b.endless && (b.size > largestBody || packed > largestBody):
		err = errLarge
	case b.size > freeOfRate && b.size > largestRate*packed:
		err = errBomb
	case err != nil && err != io.EOF:
		if ours := context.Cause(b.ctx); ours == errSlow || ours == errSilent {
			err = ours
		}
	}
	if err != nil {
		b.err = err
		b.end()
	}
	return n, err
}

// Close is io.Closer.Close.
func (b *body) Close() error {
	err := b.wire.Close()
	b.end()
	return err
}

// end gives back what the answer took.
func (b *body) end() {
	b.whole.Stop()
	b.ended.Do(b.free)
	b.cancel(nil)
}

// wireReader reads the bytes as they come, and not for ever.
type wireReader struct{ b *body }

func (w wireReader) Read(p []byte) (int, error) {
	if !w.b.endless {
		silent := time.AfterFunc(silenceTime, func() { w.b.cancel(errSilent) })
		defer silent.Stop()
	}
	n, err := w.b.wire.Read(p)
	w.b.packed.Add(int64(n))
	w.b.read(n)
	return n, err
}

func isEventStream(kind string) bool {
	kind, _, _ = mime.ParseMediaType(kind)
	return kind == "text/event-stream"
}

// ReadAll reads a body of at most limit bytes; a longer one is an error and
// not cut short. It counts what the body is after it was unpacked.
func ReadAll(body io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, hearth.Errorf(hearth.Unavailable, "The answer is larger than %d bytes.", limit)
	}
	return b, nil
}
