package fake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/klauspost/compress/zstd"
)

// Fault is something that goes wrong with a connection.
type Fault struct {
	Kind  FaultKind
	After int           // events sent on the connection before it happens
	Size  int           // bytes, for Cut and Oversized
	Delay time.Duration // for Slow
}

// FaultKind is what goes wrong.
type FaultKind uint8

const (
	Cut       FaultKind = iota // the connection dies after Size bytes of the next frame
	Garbage                    // a text frame comes that is no JSON
	Binary                     // a binary frame comes that is no zstd
	Unknown                    // an event comes of a kind and with fields that nobody knows yet
	Duplicate                  // the next event comes twice
	Reorder                    // the next two events come in the wrong order
	Slow                       // every event from here on waits for Delay
	Oversized                  // a text frame of Size bytes comes
	Close                      // the host closes in good order
	TooSlow                    // the host ends the stream with an error frame
)

// Inject makes the faults happen on one of the next connections: the first call
// is for the next one, the second for the one after it, and so on.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts = append(s.scripts, faults)
}

// sender writes frames to one connection and lets its faults happen.
type sender struct {
	ws     *websocket.Conn
	conn   *cuttable
	sub    *subscription
	script []Fault
	sent   int
	delay  time.Duration
	held   []byte // an event that waits for its successor
	zipped []byte
}

// event sends an event; it is false when the connection is over.
func (o *sender) event(ctx context.Context, frame []byte) bool {
	twice := false
	for i := 0; i < len(o.script); i++ {
		f := o.script[i]
		if f.After > o.sent {
			continue
		}
		o.script = append(o.script[:i:i], o.script[i+1:]...)
		i--
		switch f.Kind {
		case Duplicate:
			twice = true
		case Reorder:
			o.held = bytes.Clone(frame)
		default:
			if !o.happen(ctx, f) {
				return false
			}
		}
	}
	o.sent++
	if o.delay > 0 {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(o.delay):
		}
	}
	if o.held != nil && !bytes.Equal(o.held, frame) {
		held := o.held
		o.held = nil
		return o.send(ctx, frame) && o.send(ctx, held)
	}
	if o.held != nil {
		return true
	}
	return o.send(ctx, frame) && (!twice || o.send(ctx, frame))
}

func (o *sender) happen(ctx context.Context, f Fault) bool {
	switch f.Kind {
	case Cut:
		o.conn.cutAfter(f.Size)
	case Garbage:
		return o.send(ctx, []byte("{\"kind\":\"commit\",\x00 garbage \xff"))
	case Binary:
		return o.ws.Write(ctx, websocket.MessageBinary, []byte("\x28\xb5\x2f\xfd garbage")) == nil
	case Unknown:
		return o.send(ctx, []byte(`{"$type":"message","kind":"comet","payload":{"$type":"network.bsky.jetstream.subscribeEvents#comet","tail":[1,{"a":null}]},"later":{}}`))
	case Slow:
		o.delay = f.Delay
	case Oversized:
		big := bytes.Repeat([]byte{'x'}, f.Size)
		return o.send(ctx, append(append([]byte(`{"kind":"`), big...), `"}`...))
	case Close:
		o.ws.Close(websocket.StatusGoingAway, "the host restarts")
		return false
	case TooSlow:
		o.send(ctx, []byte(`{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}`))
		o.ws.Close(websocket.StatusPolicyViolation, "")
		return false
	}
	return true
}

func (o *sender) send(ctx context.Context, frame []byte) bool {
	kind := websocket.MessageText
	if o.sub.zip != nil {
		kind = websocket.MessageBinary
		o.zipped = o.sub.zip.EncodeAll(frame, o.zipped[:0])
		frame = o.zipped
	}
	// Without ctx, which would cost a timer a frame: the connection is closed to
	// end it.
	return ctx.Err() == nil && o.ws.Write(context.Background(), kind, frame) == nil
}

// breakable hands out the connection with scissors at it.
type breakable struct {
	http.ResponseWriter
	conn *cuttable
}

func (b *breakable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(b.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	b.conn = &cuttable{Conn: conn, left: -1}
	rw.Writer.Reset(b.conn)
	return b.conn, rw, nil
}

// cuttable is a connection that can be made to die after some bytes. Only the
// sender's goroutine cuts and writes.
type cuttable struct {
	net.Conn
	left int // bytes that still go out; -1: any number
}

func (c *cuttable) cutAfter(n int) { c.left = n }

func (c *cuttable) Write(p []byte) (int, error) {
	if c.left < 0 {
		return c.Conn.Write(p)
	}
	n, err := c.Conn.Write(p[:min(c.left, len(p))])
	c.left -= n
	if err == nil && n < len(p) {
		c.Conn.Close()
		err = errors.New("the connection was cut")
	}
	return n, err
}

func zipper(dictionary []byte) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderDict(dictionary), zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
}
