// Package wire is a TCP proxy that stands before a server and lets the line to
// it fail in the ways that lines do: cut after so many bytes in either
// direction, with a reset or in good order, gone silent, slow, half open, or
// with only the answer lost. It counts what passed and which faults fired, so
// that a test can fail when its fault did not.
//
// It knows nothing of what is spoken over the line; faults that speak the
// protocol belong to the fake server behind it.
package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"hearth"
)

// Kind is what happens to a connection.
type Kind uint8

const (
	Reset      Kind = iota // both sides get a reset (RST); what was under way is lost
	Finish                 // both sides get an end (FIN) after what came so far
	BlackHole              // nothing gets through any more, and nobody is told; after Fault.For it does again
	HalfOpen               // the server's side is closed, the client's stays open and silent
	Throttle               // Fault.Rate bytes a second get through, for Fault.For
	DropAnswer             // the server is heard no more: its next answer resets the client
	Refuse                 // a new connection is reset before it reaches the server

	kinds = iota
)

func (k Kind) String() string {
	return [...]string{"reset", "finish", "black hole", "half open", "throttle", "drop answer", "refuse"}[k]
}

// Fault is something that goes wrong with one connection.
type Fault struct {
	Kind  Kind
	Up    bool          // After counts what the client sends; else what the server sends
	After int64         // bytes that still pass before it happens
	Rate  int           // bytes a second in each direction, for Throttle
	For   time.Duration // how long BlackHole and Throttle last; 0: to the connection's end
}

// Counts is what passed a proxy so far.
type Counts struct {
	Connections int64
	Up, Down    int64 // bytes that got through
	Fired       [kinds]int64
}

// Proxy passes connections on to a server. Safe for concurrent use.
type Proxy struct {
	target   string
	listener net.Listener
	crew     sync.WaitGroup

	connections, up, down atomic.Int64
	fired                 [kinds]atomic.Int64

	mu      sync.Mutex
	waiting []Fault // for the connections to come, one each
	lines   map[*line]bool
	closed  bool
}

// New begins to listen on a free port of the loopback, for a server at HOST:PORT
// that need not be there yet.
func New(target string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a proxy for %s: %w", target, err)
	}
	p := &Proxy{target: target, listener: l, lines: map[*line]bool{}}
	p.crew.Go(p.accept)
	return p, nil
}

// Address is where to connect, HOST:PORT.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Inject lets a fault happen to a connection to come: the first call is for the
// next one, the second for the one after it, and so on.
func (p *Proxy) Inject(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, f)
}

// Now lets a fault happen to all open connections, and says to how many.
func (p *Proxy) Now(f Fault) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.lines {
		l.arm(f)
	}
	return len(p.lines)
}

// Counts says what passed and what fired.
func (p *Proxy) Counts() Counts {
	c := Counts{Connections: p.connections.Load(), Up: p.up.Load(), Down: p.down.Load()}
	for k := range c.Fired {
		c.Fired[k] = p.fired[k].Load()
	}
	return c
}

// Close cuts everything and waits until it is gone.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	for l := range p.lines {
		l.cut()
	}
	p.mu.Unlock()
	err := p.listener.Close()
	p.crew.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.crew.Go(func() { p.serve(client.(*net.TCPConn)) })
		}
	}
}

func (p *Proxy) serve(client *net.TCPConn) {
	f, ok := p.next()
	if ok && f.Kind == Refuse {
		p.fired[Refuse].Add(1)
		reset(client)
		return
	}
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		reset(client)
		return
	}
	l := &line{p: p, client: client, server: server.(*net.TCPConn), over: make(chan struct{})}
	defer l.cut()
	if !p.enter(l) {
		return
	}
	defer p.leave(l)
	if ok {
		l.arm(f)
	}
	var ways sync.WaitGroup
	ways.Go(func() { l.pass(&l.up, l.server, l.client, &p.up) })
	ways.Go(func() { l.pass(&l.down, l.client, l.server, &p.down) })
	ways.Wait()
}

func (p *Proxy) next() (f Fault, ok bool) {
	p.connections.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		return f, false
	}
	f, p.waiting = p.waiting[0], p.waiting[1:]
	return f, true
}

func (p *Proxy) enter(l *line) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.lines[l] = true
	return true
}

func (p *Proxy) leave(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.lines, l)
}

// line is one connection.
type line struct {
	p              *Proxy
	client, server *net.TCPConn
	over           chan struct{}
	once           sync.Once

	mu       sync.Mutex
	up, down way
	silent   time.Time // until then nothing passes
	dead     bool      // silent for good
	rate     int       // bytes a second; 0: any number
	fast     time.Time // when rate ends; zero: never
	mute     bool      // the server's next answer resets the client
}

// way is one direction.
type way struct {
	passed int64
	armed  []Fault // After counts from the line's beginning
}

// arm lets a fault happen to the line.
func (l *line) arm(f Fault) {
	l.mu.Lock()
	w := &l.down
	if f.Up {
		w = &l.up
	}
	at := f.After == 0
	if !at {
		f.After += w.passed
		w.armed = append(w.armed, f)
	}
	l.mu.Unlock()
	if at {
		l.fire(f)
	}
}

// due is how many of n bytes pass before the next fault, which is taken.
func (l *line) due(w *way, n int) (pass int, f Fault, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := -1
	for i, f := range w.armed {
		if f.After <= w.passed+int64(n) && (first < 0 || f.After < w.armed[first].After) {
			first = i
		}
	}
	if first < 0 {
		return n, f, false
	}
	f = w.armed[first]
	w.armed = append(w.armed[:first:first], w.armed[first+1:]...)
	return int(max(0, f.After-w.passed)), f, true
}

// fire lets a fault happen now.
func (l *line) fire(f Fault) {
	l.p.fired[f.Kind].Add(1)
	switch f.Kind {
	case Reset, Refuse:
		l.client.SetLinger(0)
		l.server.SetLinger(0)
		l.cut()
	case Finish:
		l.cut()
	case HalfOpen:
		l.mu.Lock()
		l.dead = true
		l.mu.Unlock()
		reset(l.server)
	case BlackHole:
		l.mu.Lock()
		if l.dead = l.dead || f.For == 0; !l.dead {
			l.silent = hearth.SystemClock().Add(f.For)
		}
		l.mu.Unlock()
	case Throttle:
		l.mu.Lock()
		l.rate, l.fast = max(1, f.Rate), time.Time{}
		if f.For > 0 {
			l.fast = hearth.SystemClock().Add(f.For)
		}
		l.mu.Unlock()
	case DropAnswer:
		l.mu.Lock()
		l.mute = true
		l.mu.Unlock()
	}
}

// pass copies one direction until the line is over.
func (l *line) pass(w *way, to, from *net.TCPConn, total *atomic.Int64) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf[:l.most(len(buf))])
		for rest := buf[:n]; len(rest) > 0; {
			pass, f, ok := l.due(w, len(rest))
			if pass > 0 && !l.write(w, to, rest[:pass], total) {
				return
			}
			if rest = rest[pass:]; ok {
				l.fire(f)
			}
		}
		if err != nil {
			l.ended(to, from, err)
			return
		}
	}
}

// ended tells the other side that this one has ended, as this one did.
func (l *line) ended(to, from *net.TCPConn, err error) {
	if !l.wait() {
		return
	}
	l.mu.Lock()
	dead := l.dead
	l.mu.Unlock()
	switch {
	case dead && from == l.server: // nobody is told
	case dead:
		l.cut()
	case err == io.EOF:
		to.CloseWrite()
	default:
		l.client.SetLinger(0)
		l.server.SetLinger(0)
		l.cut()
	}
}

// write passes bytes on when the line lets it; false: it is over.
func (l *line) write(w *way, to *net.TCPConn, b []byte, total *atomic.Int64) bool {
	if !l.wait() {
		return false
	}
	l.mu.Lock()
	mute, dead := l.mute && w == &l.down, l.dead
	l.mu.Unlock()
	if dead {
		return true
	}
	if mute {
		l.client.SetLinger(0)
		l.cut()
		return false
	}
	n, err := to.Write(b)
	total.Add(int64(n))
	l.mu.Lock()
	w.passed += int64(n)
	rate := l.slow()
	l.mu.Unlock()
	if err != nil {
		return false
	}
	return rate == 0 || l.rest(time.Duration(n)*time.Second/time.Duration(rate))
}

// slow is the rate now; the lock is held.
func (l *line) slow() int {
	if !l.fast.IsZero() && hearth.SystemClock().After(l.fast) {
		return 0
	}
	return l.rate
}

// most is how much is read at once: of a slow line a twentieth of a second.
func (l *line) most(size int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rate := l.slow(); rate > 0 {
		return min(size, max(1, rate/20))
	}
	return size
}

// wait returns when the line is not silent; false when it is over.
func (l *line) wait() bool {
	for {
		l.mu.Lock()
		left := l.silent.Sub(hearth.SystemClock())
		l.mu.Unlock()
		if left <= 0 {
			return true
		}
		if !l.rest(left) {
			return false
		}
	}
}

// rest waits; false if the line ends meanwhile.
func (l *line) rest(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-l.over:
		return false
	case <-t.C:
		return true
	}
}

// cut ends the line on both sides.
func (l *line) cut() {
	l.once.Do(func() { close(l.over) })
	l.client.Close()
	l.server.Close()
}

func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}
