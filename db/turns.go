package db

import (
	"net"
	"sync/atomic"
)

// RoundTrips is how often this DB has sent something to the server and waited
// for its answer; 0 for SQLite, which is in the process. On a server it is what
// takes the time.
func (d *DB) RoundTrips() int64 {
	if e, ok := d.engine.(*postgresEngine); ok {
		return e.turns.Load()
	}
	return 0
}

// countedConn counts the times that its side speaks after the other has: of
// what is sent in one go, however long, the first piece.
type countedConn struct {
	net.Conn
	turns *atomic.Int64
	spoke atomic.Bool // since the other side did
}

func (c *countedConn) Write(b []byte) (int, error) {
	if !c.spoke.Swap(true) {
		c.turns.Add(1)
	}
	return c.Conn.Write(b)
}

func (c *countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.spoke.Store(false)
	}
	return n, err
}
