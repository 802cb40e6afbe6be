package replay

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"time"
	"unsafe"

	"hearth"
	"hearth/db"
)

// maxPlain bounds what a block may unpack to: a full one and the longest sheet.
const maxPlain = 256 << 20

// packed is a block as it is written.
type packed struct {
	key         blockKey
	first, last int64
	posts       int
	plain       int
	rules       int
	codec       codec
	summary     []byte
	body        []byte
}

func (w *Window) pack(o *open, c codec) *packed {
	bits := make([]byte, 0, 8*len(o.summary))
	for _, word := range o.summary {
		bits = binary.LittleEndian.AppendUint64(bits, word)
	}
	return &packed{
		key: o.key, first: o.first, last: o.last, posts: o.posts, plain: len(o.b), rules: w.o.Rules, codec: c,
		summary: w.packer.pack(small, bits), body: w.packer.pack(c, o.b),
	}
}

// write replaces what was written of the block before.
func (b *packed) write(tx *db.Tx) error {
	_, err := tx.Exec(`
		INSERT INTO replay_block (workspace_id, id, first, last, posts, size, plain, rules, checksum, codec, summary, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (workspace_id, id) DO UPDATE SET
			first = excluded.first, last = excluded.last, posts = excluded.posts, size = excluded.size, plain = excluded.plain,
			checksum = excluded.checksum, codec = excluded.codec, summary = excluded.summary, body = excluded.body`,
		b.key.workspace, b.key.id, b.first, b.last, b.posts, len(b.summary)+len(b.body), b.plain, b.rules,
		int64(checksum(b.key, b.body)), int64(b.codec), b.summary, b.body)
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum covers the body and where it belongs.
func checksum(key blockKey, body []byte) uint32 {
	var head [16]byte
	binary.LittleEndian.PutUint64(head[:8], uint64(key.workspace))
	binary.LittleEndian.PutUint64(head[8:], uint64(key.id))
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, body)
}

// Block is a stretch of the window. It is reused; it belongs to one goroutine.
type Block struct {
	ID          int64
	Posts       int
	First, Last time.Time // when its posts were received
	Size        int64     // bytes on the disk

	key     blockKey
	rules   bool // the summary's keys are made by the present rules
	plain   int
	sum     uint32
	codec   codec
	summary summary
	bits    []byte
	body    []byte
	entries entries
}

// Before finds the newest block older than the one of the given id, without its
// posts; of id 0, the newest of all. It reports false where there is none.
// Blocks whose last post was received before since are left out.
func (w *Window) Before(ctx context.Context, ws hearth.WorkspaceID, id int64, since time.Time, b *Block) (bool, error) {
	if id == 0 {
		id = math.MaxInt64
	}
	var packedBits []byte
	var rules, sum int64
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		var first, last int64
		err := tx.QueryRow(`
			SELECT id, first, last, posts, size, plain, rules, checksum, summary FROM replay_block
			WHERE workspace_id = ? AND id < ? AND last >= ? ORDER BY id DESC LIMIT 1`, ws, id, db.Micros(since)).
			Scan(&b.ID, &first, &last, &b.Posts, &b.Size, &b.plain, &rules, &sum, &packedBits)
		b.First, b.Last = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	b.key, b.sum = blockKey{ws, b.ID}, uint32(sum)
	b.entries.r.S, b.entries.r.Err, b.entries.r.Reuse = "", nil, true
	w.summarise(b, rules, packedBits)
	return true, nil
}

// summarise sets the summary of a block. One that cannot be read never has its block
// passed over.
func (w *Window) summarise(b *Block, rules int64, packed []byte) {
	var err error
	b.bits, err = w.packer.unpack(small, packed, b.bits)
	if b.rules = int(rules) == w.o.Rules && err == nil && len(b.bits) == 8<<summaryBits; !b.rules {
		return
	}
	if b.summary == nil {
		b.summary = newSummary()
	}
	for i := range b.summary {
		b.summary[i] = binary.LittleEndian.Uint64(b.bits[8*i:])
	}
}

// MayHold says whether a post of the block may have the key; false is certain.
func (b *Block) MayHold(key uint64) bool { return !b.rules || b.summary.holds(key) }

// Load reads the block's posts for Next, and its summary anew if it grew since Before.
// It reports false where there are none: the block was dropped meanwhile, or it is
// damaged, which is noted.
func (w *Window) Load(ctx context.Context, b *Block) (bool, error) {
	var body, packedBits []byte
	var rules int64
	err := w.d.Read(ctx, func(tx *db.Tx) error {
		var sum, how int64
		err := tx.QueryRow(`SELECT checksum, plain, codec, body FROM replay_block WHERE workspace_id = ? AND id = ?`, b.key.workspace, b.key.id).
			Scan(&sum, &b.plain, &how, &body)
		if err != nil {
			return err
		}
		if uint32(sum) != b.sum {
			err = tx.QueryRow(`SELECT rules, summary FROM replay_block WHERE workspace_id = ? AND id = ?`, b.key.workspace, b.key.id).Scan(&rules, &packedBits)
		}
		b.sum, b.codec = uint32(sum), codec(how)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if packedBits != nil {
		w.summarise(b, rules, packedBits)
	}
	if !w.unpack(b, body) {
		return false, nil
	}
	b.entries.r.S = unsafe.String(unsafe.SliceData(b.body), len(b.body))
	b.entries.r.Err = nil
	return true, nil
}

// unpack sets the body of a block from what is on the disk; false if that is
// damaged, which is noted.
func (w *Window) unpack(b *Block, body []byte) bool {
	var err error
	if checksum(b.key, body) == b.sum {
		b.body, err = w.packer.unpack(b.codec, body, b.body)
		if err == nil && len(b.body) == b.plain {
			return true
		}
	}
	w.noteDamage(b)
	return false
}

// Next gives the block's posts one after the other. The entry is valid until
// the next call; keep its post by Clone.
func (b *Block) Next(e *Entry) bool { return b.entries.next(e) }

// noteDamage remembers a block that cannot be read. What could be is used.
func (w *Window) noteDamage(b *Block) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.damaged[b.key] {
		w.damaged[b.key] = true
		w.o.Log.Error("a block of the replay window is damaged and is passed over", "block", b.ID, "posts", b.Posts)
	}
}
