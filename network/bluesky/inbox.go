package bluesky

import (
	"sync"
	"time"

	"hearth/network"
)

// A batch is given out when it is this full, or this long after its first
// event.
const (
	batchEvents = 2048
	batchBytes  = 4 << 20
	batchDelay  = 50 * time.Millisecond
)

// inbox stands between the socket and the one who stores: one batch is filled
// while the other is stored, and when both are full the socket waits.
type inbox struct {
	mu      sync.Mutex
	taken   sync.Cond
	filling *network.Batch
	spare   *network.Batch
	bytes   int
	at      place          // of the last event read: what the batch's cursor covers
	from    network.Cursor // until there is such a place
	waiting bool           // the reader waits for room
	ended   bool
	err     error // why the reader ended

	begun chan struct{} // something is in the batch
	ripe  chan struct{} // the batch is full, or the reader has ended
}

func newInbox(from network.Cursor) *inbox {
	in := &inbox{
		from:    from,
		filling: new(network.Batch), spare: new(network.Batch),
		begun: make(chan struct{}, 1), ripe: make(chan struct{}, 1),
	}
	in.taken.L = &in.mu
	return in
}

// put lets add fill the batch with what came in size bytes, once there is
// room. It is false when nobody takes batches any more.
func (in *inbox) put(size int, add func(*network.Batch)) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.full() && !in.ended {
		in.waiting = true
		in.taken.Wait()
	}
	in.waiting = false
	if in.ended {
		return false
	}
	add(in.filling)
	in.bytes += size
	if n := in.filling; len(n.Events)+len(n.Rejects)+len(n.Gaps) > 0 || n.Frames >= batchEvents {
		signal(in.begun)
	}
	if in.full() {
		signal(in.ripe)
	}
	return true
}

func (in *inbox) full() bool {
	return len(in.filling.Events)+len(in.filling.Rejects) >= batchEvents || in.filling.Frames >= 8*batchEvents || in.bytes >= batchBytes
}

// end notes that the reader has ended; what is in the batch is still taken.
func (in *inbox) end(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.ended {
		in.ended, in.err = true, err
	}
	in.taken.Broadcast()
	signal(in.begun)
	signal(in.ripe)
}

// take gives the batch out and whether it is the last one, and why.
func (in *inbox) take() (b *network.Batch, last bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	b = in.filling
	b.Cursor = in.from
	if in.at.version != 0 {
		b.Cursor = in.at.cursor()
	}
	in.filling, in.spare = in.spare, nil
	in.bytes = 0
	in.taken.Broadcast()
	return b, in.ended, in.err
}

// roomKept is how many events a batch may have room for without being used for.
const roomKept = 64

// giveBack returns a batch that has been stored. One that is far too large, for a
// burst is over, is let go with all that its events still hold.
func (in *inbox) giveBack(b *network.Batch) {
	if room := cap(b.Events); room > roomKept && room > 8*len(b.Events) {
		b = new(network.Batch)
	}
	b.Reset()
	in.mu.Lock()
	in.spare = b
	in.mu.Unlock()
}

// stalled says whether the reader waits for us and not for the network.
func (in *inbox) stalled() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.waiting
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
