package archive

import (
	_ "embed" // post.table
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"time"
	"unsafe"

	"hearth"
	"hearth/archive/form"
	"hearth/archive/pack"
)

// row is one row of the log as it stands in the table.
type row struct {
	seq       hearth.Seq
	workspace hearth.WorkspaceID
	op        Op
	replaces  hearth.Seq
	body      []byte // nil: erased
	sum       uint32
}

// content is what a row's body holds.
type content struct {
	post     hearth.Post
	revision string
	at       time.Time
	received time.Time
	source   hearth.SourceID
	monitors []hearth.MonitorID
	owned    bool // it shares nobody's memory

	// base is what network and analysis left of what annotations may change; nil:
	// nobody ever said anything of the post.
	base *hearth.Post

	judged Judged
}

// own makes the content independent of the memory that it came in.
func (c *content) own() {
	c.post = c.post.Clone()
	c.revision = strings.Clone(c.revision)
	c.monitors = slices.Clone(c.monitors)
	if c.base != nil {
		base := c.base.Clone()
		c.base = &base
	}
	c.owned = true
}

// packedBody is the first byte of a body and says how the rest is packed: with
// postTable.
const packedBody = 1

// annotatedBody is the same with base behind it, judgedBody with judged behind it,
// judgedAnnotatedBody with both.
const (
	annotatedBody       = 2
	judgedBody          = 3
	judgedAnnotatedBody = 4
)

// postTable holds what posts have in common: the shapes of ids and addresses
// and the most frequent words of a dozen languages. It is trained on invented
// posts (table_test.go), makes a post two and a half times shorter, and never
// changes: bodies need it to be read.
//
//go:embed post.table
var postTable []byte

// packer turns contents into bodies and back. It may be used by many
// goroutines at once.
type packer struct{ table *pack.Table }

// maxBody bounds what a body may unpack to: the longest post that
// hearth.Post.Check lets through, in its longest spelling.
const maxBody = 16 << 20

func newPacker() (*packer, error) {
	t, err := pack.Open(postTable)
	return &packer{t}, err
}

// pack appends the body of c to dst. scratch is reused memory.
func (p *packer) pack(dst, scratch []byte, c *content) (body, plain []byte) {
	plain = appendContent(scratch[:0], c)
	first := byte(packedBody)
	switch known := c.judged.Known(); {
	case known && c.base != nil:
		first = judgedAnnotatedBody
	case known:
		first = judgedBody
	case c.base != nil:
		first = annotatedBody
	}
	return p.table.Pack(append(dst, first), plain), plain
}

// appendContent adds what a body holds, unpacked.
func appendContent(dst []byte, c *content) []byte {
	w := form.Writer{B: dst}
	w.Time(c.received)
	w.Time(c.at)
	w.Signed(int64(c.source))
	w.Number(uint64(len(c.monitors)))
	for _, m := range c.monitors {
		w.Signed(int64(m))
	}
	w.Text(c.revision)
	w.B = form.AppendPost(w.B, &c.post)
	if c.base != nil {
		w.B = form.AppendPost(w.B, c.base)
	}
	if c.judged.Known() {
		writeJudged(&w, &c.judged)
	}
	return w.B
}

// unpack reads a body. The strings of c own their memory.
func (p *packer) unpack(body []byte, c *content) error {
	if len(body) == 0 || body[0] < packedBody || body[0] > judgedAnnotatedBody {
		return form.ErrForm
	}
	plain, err := p.table.Unpack(nil, body[1:], maxBody)
	if err != nil {
		return err
	}
	r := form.Reader{S: unsafe.String(unsafe.SliceData(plain), len(plain))}
	c.owned = true
	c.received = r.Time()
	c.at = r.Time()
	c.source = hearth.SourceID(r.Signed())
	c.monitors = nil
	if n := r.Length(1); n > 0 {
		c.monitors = make([]hearth.MonitorID, n)
		for i := range c.monitors {
			c.monitors[i] = hearth.MonitorID(r.Signed())
		}
	}
	c.revision = r.Text()
	r.Post(&c.post)
	c.base = nil
	if body[0] == annotatedBody || body[0] == judgedAnnotatedBody {
		c.base = new(hearth.Post)
		r.Post(c.base)
	}
	c.judged = Judged{}
	if body[0] == judgedBody || body[0] == judgedAnnotatedBody {
		c.judged = readJudged(&r)
	}
	if r.Err == nil && r.S != "" {
		return form.ErrForm
	}
	return r.Err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum covers everything of a row that a reader relies on, so that neither
// a flipped letter nor a body in the wrong row gets past it.
func (r *row) checksum() uint32 {
	var head [32]byte
	binary.LittleEndian.PutUint64(head[0:], uint64(r.seq))
	binary.LittleEndian.PutUint64(head[8:], uint64(r.workspace))
	binary.LittleEndian.PutUint64(head[16:], uint64(r.op))
	binary.LittleEndian.PutUint64(head[24:], uint64(r.replaces))
	return crc32.Update(crc32.Checksum(head[:], castagnoli), castagnoli, r.body)
}

// damaged is the error for a row that fails its check.
func damaged(seq hearth.Seq) error {
	return hearth.Errorf(hearth.Damaged, "Row %d of the archive is damaged: its content does not match its checksum. "+
		"Nothing else is affected. To repair it, stop Hearth and restore archive.db from a backup made before the damage.", seq)
}
