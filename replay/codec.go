package replay

import (
	"fmt"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"hearth/archive/form"
)

// codec is how a block's body is packed; the numbers are stored.
//
// Blocks that fill slowly are packed small. While posts come in much faster than
// people write them (what was missed is read again) that would take from the flow
// what it needs most, so such blocks are packed fast, and small later, when there
// is time.
type codec int64

const (
	small codec = 0 // zstd
	fast  codec = 1 // S2: a third of the processor time, half as much again on the disk
)

// packer packs and unpacks. Packing is for one goroutine at a time.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newPacker() (p packer, err error) {
	if p.encoder, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false)); err != nil {
		return p, err
	}
	p.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxPlain))
	return p, err
}

func (p *packer) close() { p.decoder.Close() }

// pack packs plain into memory of its own.
func (p *packer) pack(c codec, plain []byte) []byte {
	if c == fast {
		return s2.Encode(nil, plain)
	}
	return p.encoder.EncodeAll(plain, make([]byte, 0, len(plain)/2))
}

// unpack unpacks body, using the memory of into.
func (p *packer) unpack(c codec, body, into []byte) ([]byte, error) {
	switch c {
	case small:
		return p.decoder.DecodeAll(body, into[:0])
	case fast:
		n, err := s2.DecodedLen(body)
		if err != nil || n > maxPlain {
			return into[:0], form.ErrForm
		}
		return s2.Decode(into[:cap(into)], body)
	}
	return into[:0], fmt.Errorf("the block is packed in a way (%d) that this Hearth does not know", c)
}
