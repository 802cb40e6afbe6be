package fake

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
)

// Fault is something that goes wrong.
type Fault uint8

const (
	Cut       Fault = iota // the connection dies within a message
	Close                  // the server says good-bye
	Busy                   // it has no time at the greeting
	NotItself              // something else answers
	Limited                // it lets nobody in for once
	Expired                // the password is another from now on
	Garbage                // a message that is none comes between the others
	Oversized              // a message that is far too large does
	Unknown                // a message full of what nobody knows does
	Duplicate              // a message comes twice
	Reorder                // two come in the wrong order
)

// Large is the size of a message that is too large.
const Large = 2 << 20

// plan is what happens to a connection.
type plan struct {
	what  Fault
	after int
}

// Inject makes a fault happen: to the next connections, or between the next
// messages.
func (f *Server) Inject(what Fault, after int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch what {
	case Cut, Close, Busy, NotItself:
		f.plans = append(f.plans, plan{what, after})
	case Expired:
		f.password = "another one by now"
		f.hangUp()
	default:
		f.waiting = append(f.waiting, insert{what, after})
	}
}

// due takes an insert of a kind that is due at a place.
func (f *Server) due(what Fault, at int) bool {
	for i, w := range f.waiting {
		if w.what == what && (w.after <= at || what == Limited) {
			f.waiting = append(f.waiting[:i:i], f.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// insertAt puts what is planned between the messages.
func (f *Server) insertAt(i, n int) {
	if f.due(Garbage, i) {
		f.append("", "Received: from nowhere\r\n\r\nthis is no message\x00\xff at all: nobody sent it")
	}
	if f.due(Oversized, i) {
		id, raw := f.compose()
		f.append(id, raw+strings.Repeat("All work and no play.\r\n", Large/22))
	}
	if f.due(Unknown, i) {
		f.append("unknown@people.example", "From: Bo <bo@people.example>\r\nMessage-ID: <unknown@people.example>\r\nX-Strange: =?never-heard-of?Q?x?=\r\nContent-Type: text/plain; charset=never-heard-of\r\nContent-Transfer-Encoding: telepathy\r\n\r\nhello\r\n")
	}
	if f.due(Duplicate, i) && len(f.messages) > 0 {
		last := f.messages[len(f.messages)-1]
		f.append(last.id, last.raw)
	}
}

// listener makes connections that go wrong as planned.
type listener struct {
	net.Listener
	f *Server
}

func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	c := &conn{Conn: raw, f: l.f, plan: plan{what: Reorder}}
	if len(l.f.plans) > 0 {
		c.plan, l.f.plans = l.f.plans[0], l.f.plans[1:]
	}
	l.f.conns[c] = true
	return c, nil
}

// conn is a connection with a plan.
type conn struct {
	net.Conn
	f    *Server
	plan plan

	mu    sync.Mutex
	given int // messages
}

func (c *conn) Close() error {
	c.f.mu.Lock()
	delete(c.f.conns, c)
	c.f.mu.Unlock()
	return c.Conn.Close()
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.plan.what {
	case Busy:
		return c.last("* BYE [UNAVAILABLE] Too busy, come again\r\n")
	case NotItself:
		return c.last("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Log in</title></html>\r\n")
	case Close:
		if c.given > c.plan.after {
			return c.last("* BYE Going down for a rest\r\n")
		}
	}
	c.given += bytes.Count(p, []byte("BODY[]"))
	if c.plan.what == Cut && c.given > c.plan.after {
		c.Conn.Write(p[:len(p)/2])
		c.Conn.Close()
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(p)
}

func (c *conn) last(text string) (int, error) {
	c.Conn.Write([]byte(text))
	c.Conn.Close()
	return 0, io.ErrClosedPipe
}
