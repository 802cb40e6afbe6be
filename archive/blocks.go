package archive

import (
	"context"
	"errors"
	"slices"

	"hearth/archive/index"
	"hearth/db"
	"hearth/fault"
)

const (
	blockBytes = 1 << 20 // of one transaction that writes blocks
	dropBlocks = 256     // of one transaction that removes blocks
)

// builder writes the blocks of one segment.
type builder struct {
	f      *finder
	ctx    context.Context
	number int64
	blocks []block
	size   int
}

type block struct {
	no   uint32
	data []byte
}

func (f *finder) begin(ctx context.Context) *builder {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	return &builder{f: f, ctx: ctx, number: f.last}
}

func (b *builder) writer() *index.Writer {
	return index.NewWriter(func(no uint32, data []byte) error {
		b.blocks = append(b.blocks, block{no, slices.Clone(data)})
		b.size += len(data)
		if b.size < blockBytes {
			return nil
		}
		return b.f.a.db.Write(b.ctx, b.flush)
	})
}

func (b *builder) flush(tx *db.Tx) error {
	args := make([]any, 0, 2*len(b.blocks))
	for _, block := range b.blocks {
		args = append(args, b.number<<32|int64(block.no), block.data)
	}
	if _, err := tx.Many("INSERT INTO index_block (block, data) VALUES (?, ?)", args); err != nil {
		return err
	}
	b.blocks, b.size = b.blocks[:0], 0
	return fault.Point("archive.index.flushed")
}

// finish registers the segment together with what else changes. It returns nil
// if the index was begun anew meanwhile.
func (b *builder) finish(head []byte, with func(*db.Tx) error, generation int) (*segment, error) {
	opened, err := index.OpenSegment(head)
	if err != nil {
		return nil, err
	}
	s := &segment{Segment: opened, number: b.number, level: levelOf(opened.Docs()), head: headOf(head)}
	err = b.f.a.db.Write(b.ctx, func(tx *db.Tx) error {
		if _, now := b.f.standing(); now != generation {
			return errOutdated
		}
		if err := b.f.relist(tx); err != nil {
			return err
		}
		if err := b.flush(tx); err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO index_segment (segment, level, head) VALUES (?, ?, ?)", s.number, s.level, head); err != nil {
			return err
		}
		return with(tx)
	})
	if errors.Is(err, errOutdated) {
		b.f.mu.Lock()
		b.f.merged = append(b.f.merged, s)
		b.f.mu.Unlock()
		return nil, nil
	}
	return s, err
}

// relist raises the generation of the list of segments in the transaction that
// changes it, if it is still the one in memory.
func (f *finder) relist(tx *db.Tx) error {
	f.mu.Lock()
	listed := f.listed
	f.mu.Unlock()
	done, err := tx.Exec("UPDATE index_state SET generation = ? WHERE id = 1 AND generation = ?", listed+1, listed)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errStale, err)
	}
	tx.AfterCommit(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.listed == listed {
			f.listed++
		}
	})
	return nil
}

var errOutdated = errors.New("the index was begun anew")

// dropMerged removes the blocks of segments that nobody uses any more, and at
// the first call those that an unfinished run has left.
func (f *finder) dropMerged(ctx context.Context) error {
	if !f.swept {
		if err := f.sweep(ctx); err != nil {
			return err
		}
		f.swept = true
	}
	f.mu.Lock()
	var free []*segment
	f.merged = slices.DeleteFunc(f.merged, func(s *segment) bool {
		if s.users == 0 {
			free = append(free, s)
		}
		return s.users == 0
	})
	f.mu.Unlock()
	for _, s := range free {
		if err := f.dropBlocks(ctx, s.number); err != nil {
			return err
		}
	}
	f.moved.all()
	return nil
}

// sweep drops blocks of segments that are not in the list.
func (f *finder) sweep(ctx context.Context) error {
	for next := int64(0); ; {
		var block, registered int64
		err := f.a.db.Read(ctx, func(tx *db.Tx) error {
			if err := tx.QueryRow("SELECT block FROM index_block WHERE block >= ? ORDER BY block LIMIT 1", next<<32).Scan(&block); err != nil {
				return err
			}
			return tx.QueryRow("SELECT count(*) FROM index_segment WHERE segment = ?", block>>32).Scan(&registered)
		})
		if errors.Is(err, errNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if registered == 0 && !f.isMerged(block>>32) {
			if err := f.dropBlocks(ctx, block>>32); err != nil {
				return err
			}
		}
		next = block>>32 + 1
	}
}

func (f *finder) isMerged(number int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.merged, func(s *segment) bool { return s.number == number })
}

func (f *finder) dropBlocks(ctx context.Context, number int64) error {
	for {
		var n int64
		err := f.a.db.Write(ctx, func(tx *db.Tx) error {
			const drop = "DELETE FROM index_block WHERE block IN (SELECT block FROM index_block WHERE block >= ? AND block < ? LIMIT ?)"
			done, err := tx.Exec(drop, number<<32, (number+1)<<32, dropBlocks)
			if err != nil {
				return err
			}
			n, err = done.RowsAffected()
			return err
		})
		if err != nil || n < dropBlocks {
			return err
		}
	}
}
