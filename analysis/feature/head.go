package feature

import (
	"encoding/binary"
	"math"
	"math/bits"

	"hearth"
)

// Head is a linear model over hashed features: for each feature that says
// something one byte a output; the others have none. A score is the weights of
// a post's known features added up, times the output's unit, over the square
// root of their number, plus the output's bias. Heads are read only and safe for
// concurrent use.
//
// Features are found by their hash: the upper half picks a bucket of four slots,
// the lowest 16 bits are compared with the four marks of the bucket. A foreign
// feature passes for a known one about once in 16,000 times.
type Head struct {
	Outputs int
	Units   []float32
	Biases  []float32
	Buckets uint64
	Table   []byte // Buckets × ( 4 × uint16 mark, 4 × Outputs × int8 weight )
}

const (
	// MaxOutputs bounds Head.Outputs.
	MaxOutputs = 8
	// Slots is how many features a bucket has room for.
	Slots = 4
)

// Place is the bucket of a feature and its mark there, which is never 0.
func (h *Head) Place(feature uint64) (bucket uint64, mark uint16) {
	bucket, _ = bits.Mul64(feature, h.Buckets)
	return bucket, max(uint16(feature), 1)
}

// Size is the bytes of a bucket.
func (h *Head) Size() int { return Slots*2 + Slots*h.Outputs }

// Score sets scores[:h.Outputs] for the features.
func (h *Head) Score(features []uint64, scores *[MaxOutputs]float32) {
	var sums [MaxOutputs]int32
	size, known := h.Size(), 0
	for _, f := range features {
		at, mark := h.Place(f)
		bucket := h.Table[int(at)*size:][:size]
		marks := binary.LittleEndian.Uint64(bucket)
		slot := 0
		switch mark {
		case uint16(marks):
		case uint16(marks >> 16):
			slot = 1
		case uint16(marks >> 32):
			slot = 2
		case uint16(marks >> 48):
			slot = 3
		default:
			continue
		}
		known++
		for k, w := range bucket[Slots*2+slot*h.Outputs:][:h.Outputs] {
			sums[k&(MaxOutputs-1)] += int32(int8(w))
		}
	}
	norm := float32(1 / math.Sqrt(float64(max(known, 1))))
	for k := range h.Outputs {
		scores[k] = float32(sums[k])*h.Units[k]*norm + h.Biases[k]
	}
}

// A head's file: "hearthH2"; outputs and buckets (uint32, little endian); units
// and biases (float32); table. What stands behind it is the package's own.
const headMagic = "hearthH2"

// ReadHead reads a head from the beginning of data, whose memory it shares, and
// returns the rest.
func ReadHead(data []byte) (*Head, []byte, error) {
	damaged := hearth.Errorf(hearth.Damaged, "a built-in model is damaged; build or download the program again")
	if len(data) < len(headMagic)+8 || string(data[:len(headMagic)]) != headMagic {
		return nil, nil, damaged
	}
	data = data[len(headMagic):]
	h := &Head{Outputs: int(binary.LittleEndian.Uint32(data)), Buckets: uint64(binary.LittleEndian.Uint32(data[4:]))}
	data = data[8:]
	if h.Outputs < 1 || h.Outputs > MaxOutputs || h.Buckets < 1 || h.Buckets > 1<<24 || len(data) < 8*h.Outputs+int(h.Buckets)*h.Size() {
		return nil, nil, damaged
	}
	for _, list := range []*[]float32{&h.Units, &h.Biases} {
		for range h.Outputs {
			*list = append(*list, math.Float32frombits(binary.LittleEndian.Uint32(data)))
			data = data[4:]
		}
	}
	n := int(h.Buckets) * h.Size()
	h.Table = data[:n]
	return h, data[n:], nil
}

// Append adds the head's file to data.
func (h *Head) Append(data []byte) []byte {
	data = append(data, headMagic...)
	data = binary.LittleEndian.AppendUint32(data, uint32(h.Outputs))
	data = binary.LittleEndian.AppendUint32(data, uint32(h.Buckets))
	for _, list := range [][]float32{h.Units, h.Biases} {
		for _, f := range list {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		}
	}
	return append(data, h.Table...)
}
