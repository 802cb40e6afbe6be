package backup

import (
	"context"
	"io"
	"os"
	"sync"
	"time"
)

// Progress says how far something is.
type Progress struct {
	Doing string // copying hearth.db, checking archive.db, …
	Done  int64  // bytes of it
	Total int64  // about
}

// meter tells progress. Its functions may be called from several goroutines;
// what it tells it tells one after another.
type meter struct {
	ctx  context.Context
	tell func(Progress)

	mu  sync.Mutex
	now Progress
}

func newMeter(ctx context.Context, tell func(Progress)) *meter {
	if tell == nil {
		tell = func(Progress) {}
	}
	return &meter{ctx: ctx, tell: tell}
}

// begin says what is done now.
func (m *meter) begin(doing string, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = Progress{Doing: doing, Total: total}
	m.tell(m.now)
}

func (m *meter) at(done int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Done = done
	m.tell(m.now)
}

// watch tells how a file grows until stop is called.
func (m *meter) watch(path string) (stop func()) {
	const every = 200 * time.Millisecond
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				m.at(fileSize(path))
			}
		}
	}()
	return func() { close(end); <-ended }
}

// reader counts what is read, and ends when the context does.
func (m *meter) reader(r io.Reader) io.Reader { return &meteredReader{m: m, r: r} }

type meteredReader struct {
	m    *meter
	r    io.Reader
	done int64
	told int64
}

func (r *meteredReader) Read(p []byte) (int, error) {
	if err := r.m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.done += int64(n)
	const step = 8 << 20
	if r.done-r.told >= step || err == io.EOF {
		r.told = r.done
		r.m.at(r.done)
	}
	return n, err
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
