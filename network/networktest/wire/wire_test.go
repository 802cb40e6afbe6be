package wire_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"hearth/network/networktest/wire"
)

// upstream is a server that does with each connection what serve says.
func upstream(t *testing.T, serve func(net.Conn)) *wire.Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); serve(c) }()
		}
	}()
	p, err := wire.New(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(); l.Close() })
	return p
}

func echo(c net.Conn) { io.Copy(c, c) }

func dial(t *testing.T, p *wire.Proxy) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

func fired(t *testing.T, p *wire.Proxy, k wire.Kind, want int64) {
	t.Helper()
	if got := p.Counts().Fired[k]; got != want {
		t.Errorf("%v fired %d times, want %d", k, got, want)
	}
}

func TestALineWithoutAFaultChangesNothing(t *testing.T) {
	t.Parallel()
	p := upstream(t, echo)
	c := dial(t, p)
	sent := bytes.Repeat([]byte("all of it "), 100_000)
	go func() { c.Write(sent); c.(*net.TCPConn).CloseWrite() }()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came back, %v", len(got), len(sent), err)
	}
	if n := p.Counts(); n.Connections != 1 || n.Up != int64(len(sent)) || n.Down != int64(len(sent)) {
		t.Errorf("counted %+v", n)
	}
}

func TestALineIsCutAfterSoManyBytes(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]wire.Fault{
		"down": {Kind: wire.Finish, After: 12_345},
		"up":   {Kind: wire.Finish, After: 12_345, Up: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan int64, 1)
			p := upstream(t, func(c net.Conn) {
				go c.Write(make([]byte, 100_000))
				n, _ := io.Copy(io.Discard, c)
				arrived <- n
			})
			p.Inject(f)
			c := dial(t, p)
			if f.Up {
				c.Write(make([]byte, 100_000))
				if n := <-arrived; n != 12_345 {
					t.Errorf("%d bytes arrived", n)
				}
			} else if got, _ := io.ReadAll(c); len(got) != 12_345 {
				t.Errorf("%d bytes came", len(got))
			}
			fired(t, p, wire.Finish, 1)
			if n := p.Counts(); f.Up && n.Up != 12_345 || !f.Up && n.Down != 12_345 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

func TestAResetIsOne(t *testing.T) {
	t.Parallel()
	p := upstream(t, echo)
	c := dial(t, p)
	if _, err := io.WriteString(c, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if n := p.Now(wire.Fault{Kind: wire.Reset}); n != 1 {
		t.Fatalf("%d lines were open", n)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client read %v", err)
	}
	fired(t, p, wire.Reset, 1)
	p.Inject(wire.Fault{Kind: wire.Refuse})
	c, err := net.Dial("tcp", p.Address()) // the reset may come while it dials
	if err == nil {
		defer c.Close()
		_, err = c.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a refused client is told %v", err)
	}
	fired(t, p, wire.Refuse, 1)
}

func TestABlackHoleTellsNobodyAndEnds(t *testing.T) {
	t.Parallel()
	p := upstream(t, echo)
	p.Inject(wire.Fault{Kind: wire.BlackHole, Up: true, After: 3, For: 300 * time.Millisecond})
	c := dial(t, p)
	begun := time.Now()
	io.WriteString(c, "abcdef")
	got := make([]byte, 6)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "abcdef" {
		t.Errorf("%q came back, %v", got, err)
	}
	if took := time.Since(begun); took < 300*time.Millisecond {
		t.Errorf("it lasted %v only", took)
	}
	fired(t, p, wire.BlackHole, 1)
}

func TestAHalfOpenLineIsSilent(t *testing.T) {
	t.Parallel()
	over := make(chan error, 1)
	p := upstream(t, func(c net.Conn) {
		_, err := io.Copy(c, c)
		over <- err
	})
	p.Inject(wire.Fault{Kind: wire.HalfOpen, Up: true, After: 5})
	c := dial(t, p)
	io.WriteString(c, "hello")
	if err := <-over; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the server read %v", err)
	}
	io.WriteString(c, "is anybody there")
	c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	for {
		_, err := c.Read(make([]byte, 10))
		if err == nil {
			continue // what was sent before
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the client was told: %v", err)
		}
		break
	}
	fired(t, p, wire.HalfOpen, 1)
}

func TestALineIsSlow(t *testing.T) {
	t.Parallel()
	p := upstream(t, echo)
	p.Inject(wire.Fault{Kind: wire.Throttle, Rate: 100_000})
	c := dial(t, p)
	begun := time.Now()
	go c.Write(make([]byte, 30_000))
	if _, err := io.ReadFull(c, make([]byte, 30_000)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < 250*time.Millisecond {
		t.Errorf("30 kB at 100 kB/s took %v", took)
	}
	fired(t, p, wire.Throttle, 1)
}

func TestOnlyTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1)
	p := upstream(t, func(c net.Conn) {
		b := make([]byte, 100)
		n, _ := c.Read(b)
		asked <- string(b[:n])
		io.WriteString(c, "done")
	})
	p.Inject(wire.Fault{Kind: wire.DropAnswer})
	c := dial(t, p)
	io.WriteString(c, "please")
	if got := <-asked; got != "please" {
		t.Errorf("the server was asked %q", got)
	}
	if n, err := c.Read(make([]byte, 10)); n > 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client read %d bytes, %v", n, err)
	}
	fired(t, p, wire.DropAnswer, 1)
}
