package dbfault

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Recorder notes what is done to the files of a directory, so that the disk
// that a power cut would have left can be made for any moment of it.
type Recorder struct {
	mu    sync.Mutex
	calls []Call
}

// Hook records and lets everything be done.
func (r *Recorder) Hook(c Call) Verdict {
	if c.Op == Read || c.Op == Grow {
		return Verdict{}
	}
	c.Data = bytes.Clone(c.Data)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
	return Verdict{}
}

// Len is how many calls were recorded: a moment.
func (r *Recorder) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

// Image writes, into an empty directory, what is left of the files if the power
// goes when the first cut calls were done. What was synced is there. Of what
// was written later each piece is there, or is not, or in part, whatever came
// before or after it: a disk promises no order. Names that were made or removed
// are so for certain once the directory was synced, which SQLite does with the
// first sync of a new journal or WAL; a database file is made before SQLite
// opens it.
func (r *Recorder) Image(dir string, cut int, dice *rand.Rand) error {
	r.mu.Lock()
	calls := r.calls[:cut]
	r.mu.Unlock()
	files := map[string]*recorded{}
	var names []string // in the order of their first call, so that dice fall alike
	for _, c := range calls {
		f := files[c.File]
		if f == nil {
			f = &recorded{certain: !strings.HasSuffix(c.File, "-wal") && !strings.HasSuffix(c.File, "-journal")}
			files[c.File] = f
			names = append(names, c.File)
		}
		if c.Op == Sync && !f.certain || c.Op == Delete && c.Synced {
			f.take(c)
			for _, f := range files {
				f.settle()
			}
			continue
		}
		f.take(c)
	}
	for _, name := range names {
		content, there := files[name].left(dice)
		if !there {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// recorded is one file on its way through a record.
type recorded struct {
	certain bool   // that its name is on the disk is certain
	synced  []byte // its content on the disk
	pending []Call // what was done since
}

func (f *recorded) take(c Call) {
	if c.Op != Sync {
		f.pending = append(f.pending, c)
		return
	}
	for _, p := range f.pending {
		f.synced = apply(f.synced, p)
	}
	f.pending, f.certain = nil, true
}

// settle is what a sync of the directory does: what was removed is gone.
func (f *recorded) settle() {
	for i := len(f.pending) - 1; i >= 0; i-- {
		if f.pending[i].Op == Delete {
			*f = recorded{pending: f.pending[i+1:]}
			return
		}
	}
}

// sector is what a disk writes whole.
const sector = 512

// left decides what is there after the power is back.
func (f *recorded) left(dice *rand.Rand) (content []byte, there bool) {
	content = bytes.Clone(f.synced)
	there = f.certain
	for _, p := range f.pending {
		switch chance := dice.IntN(100); {
		case chance < 50:
			there = p.Op != Delete && (there || p.Op == Open)
			content = apply(content, p)
		case chance < 65 && p.Op == Write: // torn
			for at := 0; at < len(p.Data); at += sector {
				if dice.IntN(2) == 0 {
					end := min(at+sector, len(p.Data))
					content = apply(content, Call{Op: Write, Offset: p.Offset + int64(at), Data: p.Data[at:end]})
				}
			}
		}
	}
	return content, there
}

func apply(content []byte, c Call) []byte {
	switch c.Op {
	case Write:
		end := int(c.Offset) + len(c.Data)
		if end > len(content) {
			content = append(content, make([]byte, end-len(content))...)
		}
		copy(content[c.Offset:], c.Data)
	case Delete:
		return nil
	case Truncate:
		if int(c.Offset) < len(content) {
			content = content[:c.Offset]
		} else {
			content = append(content, make([]byte, int(c.Offset)-len(content))...)
		}
	}
	return content
}
