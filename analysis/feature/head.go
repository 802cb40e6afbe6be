package feature

import (
	"encoding/binary"
	"math"

	"hearth"
)

// Head is a linear model over hashed features: Outputs weights of one byte for
// each of 2^Bits features. A score is the weights of a post's features added
// up, times the output's unit, over the square root of their number, plus the
// output's bias. Heads are read only and safe for concurrent use.
type Head struct {
	Outputs int
	Bits    int
	Units   []float32
	Biases  []float32
	Weights []byte // int8, the outputs of a feature side by side
}

// MaxOutputs bounds Head.Outputs.
const MaxOutputs = 8

// Index is the place of a feature among 2^bits.
func Index(feature uint64, bits int) uint32 { return uint32(feature >> (64 - bits)) }

// Score sets scores[:h.Outputs] for the features.
func (h *Head) Score(features []uint64, scores *[MaxOutputs]float32) {
	var sums [MaxOutputs]int32
	shift := 64 - h.Bits
	switch h.Outputs {
	case 3:
		h.sumThree(features, &sums)
	default:
		for _, f := range features {
			at := int(f>>shift) * h.Outputs
			for k, w := range h.Weights[at : at+h.Outputs] {
				sums[k&(MaxOutputs-1)] += int32(int8(w))
			}
		}
	}
	norm := float32(1 / math.Sqrt(float64(max(len(features), 1))))
	for k := range h.Outputs {
		scores[k] = float32(sums[k])*h.Units[k]*norm + h.Biases[k]
	}
}

func (h *Head) sumThree(features []uint64, sums *[MaxOutputs]int32) {
	shift := 64 - h.Bits
	var a, b, c int32
	for _, f := range features {
		at := int(f>>shift) * 3
		row := h.Weights[at : at+3]
		a += int32(int8(row[0]))
		b += int32(int8(row[1]))
		c += int32(int8(row[2]))
	}
	sums[0], sums[1], sums[2] = a, b, c
}

// A head's file: "hearthH1"; outputs and bits (uint32, little endian); units and
// biases (float32); weights. What stands behind it is the package's own.
const headMagic = "hearthH1"

// ReadHead reads a head from the beginning of data, whose memory it shares, and
// returns the rest.
func ReadHead(data []byte) (*Head, []byte, error) {
	damaged := hearth.Errorf(hearth.Damaged, "a built-in model is damaged; build or download the program again")
	if len(data) < len(headMagic)+8 || string(data[:len(headMagic)]) != headMagic {
		return nil, nil, damaged
	}
	data = data[len(headMagic):]
	h := &Head{Outputs: int(binary.LittleEndian.Uint32(data)), Bits: int(binary.LittleEndian.Uint32(data[4:]))}
	data = data[8:]
	if h.Outputs < 1 || h.Outputs > MaxOutputs || h.Bits < 1 || h.Bits > 24 || len(data) < 8*h.Outputs+h.Outputs<<h.Bits {
		return nil, nil, damaged
	}
	for _, list := range []*[]float32{&h.Units, &h.Biases} {
		for range h.Outputs {
			*list = append(*list, math.Float32frombits(binary.LittleEndian.Uint32(data)))
			data = data[4:]
		}
	}
	n := h.Outputs << h.Bits
	h.Weights = data[:n]
	return h, data[n:], nil
}

// Append adds the head's file to data.
func (h *Head) Append(data []byte) []byte {
	data = append(data, headMagic...)
	data = binary.LittleEndian.AppendUint32(data, uint32(h.Outputs))
	data = binary.LittleEndian.AppendUint32(data, uint32(h.Bits))
	for _, list := range [][]float32{h.Units, h.Biases} {
		for _, f := range list {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(f))
		}
	}
	return append(data, h.Weights...)
}
