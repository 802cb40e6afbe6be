package db

import "context"

// Claim makes this process the one that does what name says, among all that
// have the database open: nil without an error means that another one does. A
// SQLite file has one process, which gets every claim. It is lost with its
// connection, at the latest when the process ends, so what is done under it
// must notice in its transactions when somebody else has taken over.
func (d *DB) Claim(ctx context.Context, name string) (*Claim, error) {
	return d.engine.claim(ctx, d, name)
}

// Claim is held until Release. One goroutine may use it.
type Claim struct {
	c *conn // nil: there is nobody to share with
}

// Held says whether the claim is still this process's.
func (c *Claim) Held(ctx context.Context) bool {
	return c.c == nil || c.c.sql.PingContext(ctx) == nil
}

// Release gives the claim up.
func (c *Claim) Release() error {
	if c.c == nil {
		return nil
	}
	// The server would notice the end of the connection, but some time later.
	_, err := c.c.sql.ExecContext(context.Background(), "SELECT pg_advisory_unlock_all()")
	if err != nil {
		c.c.discard()
		return nil // the claim ended with the connection
	}
	return c.c.close()
}
