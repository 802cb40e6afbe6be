package db

import "sync"

// readers are the reading connections that nobody uses. The one that was given back
// last is taken first: its page cache is warm, and those that only a crowd needs hold
// nothing while there is none.
type readers struct {
	free chan struct{} // as many as there are in idle; receive before take

	mu   sync.Mutex
	idle []*conn
}

func (r *readers) put(c *conn) {
	r.mu.Lock()
	r.idle = append(r.idle, c)
	r.mu.Unlock()
	r.free <- struct{}{}
}

// take gives a connection to whoever has received from free.
func (r *readers) take() *conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	c := r.idle[last]
	r.idle = r.idle[:last]
	return c
}
